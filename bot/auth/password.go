package auth

import (
	"context"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

// cost of a password hash: the first of the equivalent settings for Argon2id in
// OWASP's Password Storage Cheat Sheet (19 MiB, two passes, one lane). Hashes keep
// the cost they were made with; a login renews those of another one.
var cost = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// Limits of passwords.
const (
	MinPassword = 10  // characters
	MaxPassword = 512 // bytes
)

// nobody is the hash that is compared for accounts that do not exist, so that they
// take as long as others. No password has it: its key is all zeros.
func nobody() string {
	zeros := func(n uint32) string { return base64.RawStdEncoding.EncodeToString(make([]byte, n)) }
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", cost.Memory, cost.Iterations, cost.Parallelism, zeros(cost.SaltLength), zeros(cost.KeyLength))
}

// hash checks and hashes a new password. ErrWeak.
func (a *Auth) hash(ctx context.Context, login, password string) (string, error) {
	if err := checkPassword(login, password); err != nil {
		return "", err
	}
	var hash string
	err := a.oneOfFew(ctx, func() (err error) {
		hash, err = argon2id.CreateHash(password, cost)
		return err
	})
	return hash, wrap(err)
}

// matches reports whether password is the one that was hashed, and whether the
// hash has another cost than today's.
func (a *Auth) matches(ctx context.Context, password, hash string) (ok, outdated bool, err error) {
	err = a.oneOfFew(ctx, func() error {
		match, params, err := argon2id.CheckHash(password, hash)
		ok, outdated = match, params != nil && *params != *cost
		return err
	})
	return ok, outdated, wrap(err)
}

// oneOfFew runs f when few enough others hash.
func (a *Auth) oneOfFew(ctx context.Context, f func() error) error {
	select {
	case a.hashing <- struct{}{}:
		defer func() { <-a.hashing }()
		return f()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// silly are passwords of ten characters and more that are tried first.
//
//go:embed silly.txt
var silly string

// checkPassword says why a password is too easy to guess. ErrWeak.
func checkPassword(login, password string) error {
	low := strings.ToLower(password)
	switch {
	case !utf8.ValidString(password) || len(password) > MaxPassword || strings.IndexFunc(password, unicode.IsControl) >= 0:
		return fmt.Errorf("%w: it has more than %d bytes, or characters that cannot be typed", ErrWeak, MaxPassword)
	case utf8.RuneCountInString(password) < MinPassword:
		return fmt.Errorf("%w: it needs at least %d characters", ErrWeak, MinPassword)
	case login != "" && strings.Trim(strings.ReplaceAll(low, login, ""), "0123456789!?.-_@#") == "":
		return fmt.Errorf("%w: it is the login name", ErrWeak)
	case kinds(low) < 5:
		return fmt.Errorf("%w: it has fewer than five different characters", ErrWeak)
	case contains(silly, low):
		return fmt.Errorf("%w: it is among the first that are tried", ErrWeak)
	}
	return nil
}

// kinds returns how many different characters s has.
func kinds(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// contains reports whether word is one of the lines.
func contains(lines, word string) bool {
	for line := range strings.Lines(lines) {
		if strings.TrimSpace(line) == word {
			return true
		}
	}
	return false
}
