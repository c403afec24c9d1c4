package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"wenda/bot/auth"
)

func keyCommand() *cobra.Command {
	c := &cobra.Command{Use: "key", Short: "Make, list and revoke the keys with which other systems use the API"}
	c.AddCommand(keyCreate(), keyList(), keyRevoke())
	return c
}

func keyCreate() *cobra.Command {
	var name string
	var scopes []string
	c := withStaff(&cobra.Command{
		Use:   "create",
		Short: "Make a key; it is shown once and never again",
		Args:  cobra.NoArgs,
	}, anywhere, func(c *cobra.Command, staff *auth.Auth) error {
		var all []auth.Scope
		for _, s := range scopes {
			all = append(all, auth.Scope(s))
		}
		_, secret, err := staff.CreateAPIKey(c.Context(), operator, name, all)
		if err != nil {
			return err
		}
		fmt.Fprintln(c.OutOrStdout(), secret)
		return nil
	})
	c.Flags().StringVar(&name, "name", "", "the system that uses it, for example ivr")
	c.Flags().StringSliceVar(&scopes, "scope", []string{string(auth.ScopeAsk)}, "ask (questions and suggestions), read (entries), draft (write drafts); several by comma")
	_ = c.MarkFlagRequired("name")
	return c
}

func keyList() *cobra.Command {
	return withStaff(&cobra.Command{Use: "list", Short: "List all keys", Args: cobra.NoArgs}, there, func(c *cobra.Command, staff *auth.Auth) error {
		keys, err := staff.APIKeys(c.Context())
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tNAME\tSCOPES\tMADE\tSTATE")
		for _, k := range keys {
			state := "active"
			if !k.RevokedAt.IsZero() {
				state = "revoked " + k.RevokedAt.Format(time.DateOnly)
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, joinScopes(k.Scopes), k.CreatedAt.Format(time.DateOnly), state)
		}
		return table.Flush()
	})
}

func keyRevoke() *cobra.Command {
	var id string
	c := withStaff(&cobra.Command{Use: "revoke", Short: "End a key, at once and for ever", Args: cobra.NoArgs}, there, func(c *cobra.Command, staff *auth.Auth) error {
		if err := staff.RevokeAPIKey(c.Context(), operator, id); err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "%s is revoked\n", id)
		return nil
	})
	c.Flags().StringVar(&id, "id", "", "the key's id, as list shows it")
	_ = c.MarkFlagRequired("id")
	return c
}

func joinScopes(scopes []auth.Scope) string {
	words := make([]string, len(scopes))
	for i, s := range scopes {
		words[i] = string(s)
	}
	return strings.Join(words, ",")
}
