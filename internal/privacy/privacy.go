// Package privacy keeps personal data out of what is stored.
//
// Mask finds personal data in a text and hides it; it is called before a message
// is committed, so that transcript, index, logs and backups never see the
// original. What it finds:
//
//	phone      Chinese mobile numbers, with or without +86        138****8000
//	id_card    18 digits, MOD 11-2, real province and birth date  110*************19
//	bank_card  13 to 19 digits, Luhn                              622202******0123
//	email                                                         zha***@example.com
//	secret     one-time codes, passwords, CVV, by their context   ******
//
// Each is also found spaced, dashed, dotted, in full-width, circled, emoji or Chinese
// digits (一三八…), and with zero-width characters inside. A number that fails its
// checksum is an order or a loan number and stays; so do amounts and dates. Two
// limits are deliberate: a number that passes the checksum by chance (one order
// number in ten for Luhn) is masked, and letters that look like digits (l3O) are
// not read as digits.
//
// The masked forms follow JR/T 0171-2020 Annex A: phone first 3 and last 4, card
// first 6 and last 4. Of an identity number that page allows up to the first 6
// and last 4 with the birth date hidden. We show the first 3 and the last 2: with
// 6 and 4 only the birth date is missing, and the check digit leaves about one in
// eleven of the dates that a person who knows the customer would try. Of one-time
// codes, passwords and CVV (class C3) nothing is shown, not even the length.
//
// Contact reads the phone number or e-mail address that a customer leaves on
// purpose. A Sealer encrypts it (AES-256-GCM) with the key file that OpenKey
// makes at the first start; other secrets of the program (customer tokens) are
// keyed from the same file by purpose.
package privacy

import (
	"slices"
	"strings"
)

// Kind says what was found.
type Kind string

// The kinds of personal data.
const (
	Phone    Kind = "phone"
	IDCard   Kind = "id_card"
	BankCard Kind = "bank_card"
	Email    Kind = "email"
	Secret   Kind = "secret" // one-time code, password, PIN, CVV
)

// Finding is one piece of personal data in a text.
type Finding struct {
	Kind       Kind
	Start, End int    // bytes of the original text, half open
	Masked     string // what stands there now
}

// Mask returns text with its personal data hidden, and what was hidden in the
// order of the text. Everything outside the findings stays byte for byte, so
// valid UTF-8 stays valid. Masking twice changes nothing more. Time and memory
// grow linearly with the text.
func Mask(text string) (masked string, found []Finding) {
	all := find(text)
	if len(all) == 0 {
		return text, nil
	}
	var b strings.Builder
	at := 0
	for _, f := range all {
		b.WriteString(text[at:f.Start])
		b.WriteString(f.Masked)
		at = f.End
		found = append(found, f.Finding)
	}
	b.WriteString(text[at:])
	return b.String(), found
}

// Kinds returns the kinds among the findings as text, each once, sorted.
func Kinds(found []Finding) []string {
	var kinds []string
	for _, f := range found {
		kinds = append(kinds, string(f.Kind))
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// Contact returns the mobile numbers (11 digits) and e-mail addresses in text, in
// their plain spelling, in order, each once, separated by a space; false if there
// are none. Seal what it returns.
func Contact(text string) (string, bool) {
	var ways []string
	for _, f := range find(text) {
		if (f.Kind == Phone || f.Kind == Email) && !slices.Contains(ways, f.plain) {
			ways = append(ways, f.plain)
		}
	}
	return strings.Join(ways, " "), len(ways) > 0
}

// finding is a Finding with what it hides.
type finding struct {
	Finding
	plain string // normalised: digits only, or the address in ASCII
}

// find returns all personal data in text, sorted, without overlaps.
//
// The order matters: an address may hold a phone number and a password may hold
// anything, so those two go first; a code of digits is what is left beside its
// word when it is no phone, card or identity number.
func find(text string) []finding {
	s := &scan{cells: fold(text)}
	s.emails()
	sites := s.sites()
	s.secretWords(sites)
	s.group()
	s.numbers()
	s.secretDigits(sites)
	slices.SortFunc(s.found, func(a, b finding) int { return a.Start - b.Start })
	return s.found
}

// scan is the work on one text.
type scan struct {
	cells  []cell
	digits []byte // values 0 to 9 of all digits in use, in order
	at     []int  // cell of each of digits
	groups []group
	todo   []int // groups whose neighbour was masked: windows that touch this edge are looked at again
	found  []finding
}

// take records a finding over the cells [from, to) and takes them out of the game.
// The cells at its edges become what their neighbours will see there.
func (s *scan) take(kind Kind, from, to int, plain, masked string) {
	s.use(from, to)
	s.cells[from].digit, s.cells[to-1].digit = digit(rune(masked[0])), digit(rune(masked[len(masked)-1]))
	f := Finding{Kind: kind, Start: s.cells[from].start, End: s.cells[to-1].end, Masked: masked}
	s.found = append(s.found, finding{f, plain})
}

// use marks cells as spoken for.
func (s *scan) use(from, to int) {
	for i := from; i < to; i++ {
		s.cells[i].used = true
	}
}

// free reports whether none of the cells is used.
func (s *scan) free(from, to int) bool {
	for _, c := range s.cells[from:to] {
		if c.used {
			return false
		}
	}
	return true
}
