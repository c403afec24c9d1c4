package main

import (
	"io"
	"log/slog"
	"os"

	"golang.org/x/term"

	"wenda/cmd/wenda/config"
)

// newLog writes text for a person at a terminal and JSON for everything else.
// Nothing anybody said and no personal data goes into the log: messages, ids, codes.
func newLog(w io.Writer, c config.Config) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Log.Level)) // checked by config
	o := &slog.HandlerOptions{Level: level}
	if c.Log.Format == "text" || c.Log.Format == "auto" && isTerminal(w) {
		return slog.New(slog.NewTextHandler(w, o))
	}
	return slog.New(slog.NewJSONHandler(w, o))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
