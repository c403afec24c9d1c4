package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"wenda/cmd/wenda/config"
)

func serveCommand() *cobra.Command {
	return configured(&cobra.Command{
		Use:   "serve",
		Short: "Run the bot, its gateway, the desk and the pages",
		Args:  cobra.NoArgs,
	}, func(c *cobra.Command, _ []string, l *config.Loaded) error {
		return serve(c.Context(), l.Config, c.OutOrStdout(), c.ErrOrStderr())
	})
}

// serve runs until ctx ends, then drains. What an operator reads goes to out, the
// log to errs.
func serve(ctx context.Context, c config.Config, out, errs io.Writer) error {
	n, err := startNode(ctx, c, newLog(errs, c))
	if err != nil {
		return err
	}
	defer n.stop()
	public, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("cannot listen: %w (is another wenda running? --addr names another address)", err)
	}
	c.Addr = public.Addr().String()
	servers := []*http.Server{newServer(n.public, c)}
	listeners := []net.Listener{public}
	if c.PrivateAddr != "" {
		private, err := net.Listen("tcp", c.PrivateAddr)
		if err != nil {
			_ = public.Close()
			return fmt.Errorf("cannot listen on the private address: %w (--private-addr names another, \"\" none)", err)
		}
		servers, listeners = append(servers, newServer(n.private, c)), append(listeners, private)
	}
	failed := make(chan error, len(servers))
	for i, s := range servers {
		go func() { failed <- s.Serve(listeners[i]) }()
	}
	n.welcome(out, c)
	select {
	case err = <-failed:
	case <-ctx.Done():
		n.log.Info("stopping: clients are asked to come back elsewhere")
	}
	return errors.Join(err, n.drain(servers))
}

// newServer has the limits of a public server; websockets set their own after the upgrade.
func newServer(h http.Handler, c config.Config) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
}

// welcome prints where everything is.
func (n *node) welcome(out io.Writer, c config.Config) {
	base := c.Base()
	fmt.Fprintf(out, "\nWenda is ready.\n\n")
	fmt.Fprintf(out, "  demo page with the widget   %s/\n", base)
	fmt.Fprintf(out, "  agent desk                  %s/desk\n", base)
	fmt.Fprintf(out, "  editor                      %s/editor\n", base)
	fmt.Fprintf(out, "  API docs                    %s/docs\n", base)
	if n.setup != "" {
		fmt.Fprintf(out, "\n  First start: open this link once to make the first account.\n  %s/setup?token=%s\n", base, url.QueryEscape(n.setup))
	}
	fmt.Fprintf(out, "\n  truth: %s; hot state: %s\n\n", n.truth, n.hot)
}
