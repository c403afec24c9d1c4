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
	"wenda/internal/garbage"
)

func serveCommand() *cobra.Command {
	var newKey bool
	c := configured(&cobra.Command{
		Use:   "serve",
		Short: "Run the bot, its gateway, the desk and the pages",
		Args:  cobra.NoArgs,
	}, func(c *cobra.Command, _ []string, l *config.Loaded) error {
		return serve(c.Context(), l.Config, newKey, c.OutOrStdout(), c.ErrOrStderr())
	})
	c.Flags().BoolVar(&newKey, "new-key", false, "the key file was lost: go on with another; what was sealed with the old one cannot be read, and customers begin new chats")
	return c
}

// serve runs until ctx ends, then drains. What an operator reads goes to out, the
// log to errs. What another process may hold, the folder and the addresses, is taken
// first: so a second serve says so at once.
func serve(ctx context.Context, c config.Config, newKey bool, out, errs io.Writer) error {
	defer garbage.Tune()()
	unlock, err := lockFolder(c.DataDir)
	if err != nil {
		return err
	}
	defer unlock()
	doors, err := openDoors(c)
	if err != nil {
		return err
	}
	defer doors.close()
	n, err := startNode(ctx, c, newKey, newLog(errs, c))
	if err != nil {
		return err
	}
	defer n.stop()
	c.Addr, c.PrivateAddr = doors.addresses()
	failed := make(chan error, 2)
	servers := []*http.Server{open(n.public, doors.public, failed)}
	if doors.private != nil {
		servers = append(servers, open(n.private, doors.private, failed))
	}
	n.welcome(out, c)
	garbage.Over()
	select {
	case err = <-failed:
	case err = <-n.broken:
		return err // there is nothing to drain: no message would be kept
	case <-ctx.Done():
		n.log.Info("stopping: clients are asked to come back elsewhere")
	}
	return errors.Join(err, n.drain(servers))
}

// doors are where others come in. Who comes before the node is ready waits.
type doors struct {
	public  net.Listener
	private net.Listener // nil if there is none
}

func openDoors(c config.Config) (d doors, err error) {
	if d.public, err = net.Listen("tcp", c.Addr); err != nil {
		return d, fmt.Errorf("cannot listen: %w (is another wenda running? --addr names another address)", err)
	}
	if c.PrivateAddr == "" {
		return d, nil
	}
	if d.private, err = net.Listen("tcp", c.PrivateAddr); err != nil {
		_ = d.public.Close()
		return d, fmt.Errorf("cannot listen on the private address: %w (--private-addr names another, \"\" none)", err)
	}
	return d, nil
}

// addresses are where they really are: port 0 is any free one.
func (d doors) addresses() (public, private string) {
	if d.private != nil {
		private = d.private.Addr().String()
	}
	return d.public.Addr().String(), private
}

// close closes what no server has closed.
func (d doors) close() {
	_ = d.public.Close()
	if d.private != nil {
		_ = d.private.Close()
	}
}

// open serves h with the limits of a public server; websockets set their own after
// the upgrade. When it ends it says why.
func open(h http.Handler, door net.Listener, ended chan<- error) *http.Server {
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	go func() { ended <- s.Serve(door) }()
	return s
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
	if c.PrivateAddr != "" {
		fmt.Fprintf(out, "\n  figures for Prometheus: http://%s/metrics\n", c.PrivateAddr)
	}
	fmt.Fprintf(out, "\n  truth: %s; hot state: %s\n\n", n.truth, n.hot)
}
