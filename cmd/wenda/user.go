package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"wenda/bot/auth"
	"wenda/cmd/wenda/config"
)

// operator is who changes accounts from the command line, in the audit trail.
const operator = "operator"

func userCommand() *cobra.Command {
	c := &cobra.Command{Use: "user", Short: "Make, list and mend accounts, also while serve runs"}
	c.AddCommand(userCreate(), userList(), userResetPassword())
	return c
}

func userCreate() *cobra.Command {
	var login, name string
	var roles, skills []string
	var capacity int
	c := withStaff(&cobra.Command{
		Use:   "create",
		Short: "Make an account; the password is asked for, or read from standard input",
		Args:  cobra.NoArgs,
	}, anywhere, func(c *cobra.Command, staff *auth.Auth) error {
		account := auth.Account{Name: name, Skills: skills, Capacity: capacity}
		for _, r := range roles {
			account.Roles = append(account.Roles, auth.Role(r))
		}
		password, err := readPassword(c)
		if err != nil {
			return err
		}
		u, err := staff.Create(c.Context(), operator, login, account, password)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "%s may log in as %s\n", u.Name, u.Login)
		return nil
	})
	c.Flags().StringVar(&login, "login", "", "login name")
	c.Flags().StringVar(&name, "name", "", "name as customers see it")
	c.Flags().StringSliceVar(&roles, "role", []string{string(auth.Agent)}, "agent, editor, supervisor, compliance, admin; several by comma")
	c.Flags().StringSliceVar(&skills, "skill", []string{""}, "queues an agent serves; \"\" is the general one")
	c.Flags().IntVar(&capacity, "capacity", 5, "chats an agent takes at once")
	_ = c.MarkFlagRequired("login")
	_ = c.MarkFlagRequired("name")
	return c
}

func userList() *cobra.Command {
	return withStaff(&cobra.Command{Use: "list", Short: "List all accounts", Args: cobra.NoArgs}, there, func(c *cobra.Command, staff *auth.Auth) error {
		users, err := staff.List(c.Context())
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "LOGIN\tNAME\tROLES\tSTATE")
		for _, u := range users {
			state := map[bool]string{true: "disabled", false: "active"}[u.Disabled]
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", u.Login, u.Name, joinRoles(u.Roles), state)
		}
		return table.Flush()
	})
}

func userResetPassword() *cobra.Command {
	var login string
	c := withStaff(&cobra.Command{
		Use:   "reset-password",
		Short: "Set another password and end all logins of the account",
		Args:  cobra.NoArgs,
	}, there, func(c *cobra.Command, staff *auth.Auth) error {
		u, err := staff.ByLogin(c.Context(), login)
		if err != nil {
			return err
		}
		password, err := readPassword(c)
		if err != nil {
			return err
		}
		if err := staff.SetPassword(c.Context(), operator, u.ID, password); err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "%s has a new password; all logins ended\n", u.Login)
		return nil
	})
	c.Flags().StringVar(&login, "login", "", "login name")
	_ = c.MarkFlagRequired("login")
	return c
}

// withStaff makes a command that works on the accounts of the configured database,
// if that is where it may work.
func withStaff(c *cobra.Command, where func(config.Config) error, do func(*cobra.Command, *auth.Auth) error) *cobra.Command {
	return configured(c, func(c *cobra.Command, _ []string, l *config.Loaded) error {
		if err := where(l.Config); err != nil {
			return err
		}
		log := slog.New(slog.DiscardHandler)
		db, err := openDatabase(c.Context(), l.Config, log)
		if err != nil {
			return err
		}
		defer db.Close()
		return do(c, auth.New(db, auth.Options{Log: log}))
	})
}

// readPassword asks twice at a terminal, and reads one line from anything else.
func readPassword(c *cobra.Command) (string, error) {
	in := c.InOrStdin()
	f, ok := in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		line, err := bufio.NewReader(in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	first, err := ask(c, f, "password: ")
	if err != nil {
		return "", err
	}
	again, err := ask(c, f, "once more: ")
	if err == nil && first != again {
		err = errors.New("the two differ")
	}
	return first, err
}

// ask reads a line that is not shown. Ctrl-C ends it and lets the terminal show
// what is typed again.
func ask(c *cobra.Command, f *os.File, question string) (string, error) {
	fd := int(f.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	fmt.Fprint(c.ErrOrStderr(), question)
	defer fmt.Fprintln(c.ErrOrStderr())
	type typed struct {
		text []byte
		err  error
	}
	answer := make(chan typed, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		answer <- typed{text, err}
	}()
	select {
	case a := <-answer:
		return string(a.text), a.err
	case <-c.Context().Done():
		return "", errors.Join(errors.New("no password was given"), term.Restore(fd, before))
	}
}

func joinRoles(roles []auth.Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return strings.Join(words, ",")
}
