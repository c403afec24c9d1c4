package auth

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Account is what of a User others may set.
type Account struct {
	Name     string   // as customers see it; 1 to 40 visible characters
	Roles    []Role   // at least one
	Skills   []string // queues an agent serves; "" is the general one
	Capacity int      // chats at once, 0 to 100
}

// Limits of accounts.
const (
	MaxName     = 40 // characters
	MaxSkills   = 50
	MaxCapacity = 100
)

// tidyLogin returns a login name as it is stored.
func tidyLogin(login string) (string, error) {
	login = strings.ToLower(strings.TrimSpace(login))
	odd := strings.IndexFunc(login, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("._-@", r))
	})
	if len(login) < 2 || len(login) > 64 || odd >= 0 || strings.ContainsRune("._-@", rune(login[0])) {
		return "", invalid("a login name is 2 to 64 of a-z, 0-9, '.', '_', '-', '@', and begins with a letter or a digit")
	}
	return login, nil
}

// tidy checks an account and returns it as it is stored: roles in their order,
// skills sorted, each once.
func (n Account) tidy() (Account, error) {
	name, err := tidyName(n.Name)
	if err != nil {
		return n, err
	}
	n.Name, n.Roles, n.Skills = name, slices.Clone(n.Roles), slices.Clone(n.Skills)
	for _, r := range n.Roles {
		if !slices.Contains(Roles, r) {
			return n, invalid("there is no role %q", r)
		}
	}
	slices.SortFunc(n.Roles, func(a, b Role) int { return slices.Index(Roles, a) - slices.Index(Roles, b) })
	slices.Sort(n.Skills)
	n.Roles, n.Skills = slices.Compact(n.Roles), slices.Compact(n.Skills)
	switch {
	case len(n.Roles) == 0:
		return n, invalid("an account has at least one role")
	case n.Capacity < 0 || n.Capacity > MaxCapacity:
		return n, invalid("capacity is 0 to %d chats", MaxCapacity)
	case len(n.Skills) > MaxSkills || slices.ContainsFunc(n.Skills, func(s string) bool { return !validSkill(s) }):
		return n, invalid("skills are at most %d, each of at most 40 letters, digits, '-' and '_'", MaxSkills)
	}
	if n.Skills == nil {
		n.Skills = []string{}
	}
	return n, nil
}

// tidyName returns a display name as it is stored. Characters that nobody sees or
// that turn the writing direction could make one agent look like another.
func tidyName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || utf8.RuneCountInString(name) > MaxName {
		return "", invalid("a name has 1 to %d characters", MaxName)
	}
	if !utf8.ValidString(name) || strings.IndexFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		return "", invalid("a name has visible characters only")
	}
	return name, nil
}

func validSkill(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= 40 &&
		strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' }) < 0
}
