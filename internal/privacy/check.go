package privacy

import (
	"slices"
	"time"
)

// What stands for the hidden digits. The lengths differ, so that Mask knows its own work again.
const (
	phoneStars = "****"
	cardStars  = "******"
	idStars    = "*************"
)

// country reports whether d is the country code as people write it.
func country(d []byte) bool { return equal(d, 8, 6) || equal(d, 0, 0, 8, 6) }

// prefix reports whether d is what stands in front of a mobile number without a
// gap: the country code, or the trunk zero of calls from elsewhere.
func prefix(d []byte) bool { return country(d) || equal(d, 0) }

// phonePrefix returns how many digits stand before the 11 of a mobile number, or
// -1 if d is none. Mobile numbers begin with 13 to 19 (MIIT numbering plan). Only an
// unbroken number may begin with the trunk zero.
func phonePrefix(d []byte, unbroken bool) int {
	skip := len(d) - 11
	if skip < 0 || skip > 0 && !country(d[:skip]) && !(unbroken && prefix(d[:skip])) || d[skip] != 1 || d[skip+1] < 3 {
		return -1
	}
	return skip
}

// phoneShape reports whether people group a mobile number like that: in one, in
// groups of one, two, four or five with a shorter last one, or in few groups of
// three and more. Not 3-3-3-2, which is how IP addresses and amounts look.
func phoneShape(sizes []int) bool {
	return even(sizes, 1, 2, 4, 5, 11) || slices.Min(sizes) >= 3
}

// cardShapes are the groupings of cards that are not even: those of UnionPay's
// issuer numbers (6-13 …), American Express, Diners, and a long last group.
var cardShapes = [][]int{{6, 13}, {6, 12}, {6, 11}, {6, 10}, {4, 6, 5}, {4, 6, 4}, {4, 4, 4, 5}, {4, 4, 4, 6}, {4, 4, 4, 7}, {4, 4, 8}, {8, 11}, {4, 12}, {4, 15}}

func cardShape(sizes []int) bool {
	return even(sizes, 1, 2, 3, 4, 5, 6, 7, 8) || len(sizes) == 1 || slices.ContainsFunc(cardShapes, func(shape []int) bool { return slices.Equal(shape, sizes) })
}

// even reports whether all groups are of one of the sizes, but for a shorter last one.
func even(sizes []int, of ...int) bool {
	last := len(sizes) - 1
	for _, n := range sizes[:last] {
		if n != sizes[0] {
			return false
		}
	}
	return sizes[last] <= sizes[0] && slices.Contains(of, sizes[0])
}

// validCard reports whether d can be a card: 13 to 19 digits, ISO/IEC 7812-1
// check digit (Luhn), and a first digit that banks have: 3 to 9 (China UnionPay
// 62; older national ones 9), or Mastercard's 2221 to 2720. 1 is for airlines and
// the first digit of a time in milliseconds, 20 that of a date.
func validCard(d []byte) bool {
	if len(d) < 13 || len(d) > maxDigits || d[0] < 2 {
		return false
	}
	if n := value(d[:4]); d[0] == 2 && (n < 2221 || n > 2720) {
		return false
	}
	return luhn(d)
}

// looksLikeID reports whether d, of 18 digits or 17 and an X, has an identity
// number's province and birth date. With a wrong check digit it is a mistyped
// identity number and not a card.
func looksLikeID(d []byte, x bool) bool {
	return (len(d) == 18 || x && len(d) == 17) && slices.Contains(provinces, value(d[:2])) && birthDate(d)
}

func luhn(d []byte) bool {
	sum := 0
	for i, v := range d {
		n := int(v)
		if (len(d)-i)%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

// provinces are the first two digits of GB/T 2260.
var provinces = []int{11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46,
	50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83, 91}

// validID reports whether d is an identity number by GB 11643-1999: province,
// birth date, order, and a check digit by ISO 7064 MOD 11-2. x: the check digit is
// X (ten) and d holds the 17 digits before it.
func validID(d []byte, x bool) bool {
	if x && len(d) != 17 || !x && len(d) != 18 || !slices.Contains(provinces, value(d[:2])) || !birthDate(d) {
		return false
	}
	check := 10
	if !x {
		check = int(d[17])
	}
	return check == checkDigit(d[:17])
}

// checkDigit returns the MOD 11-2 check digit, 0 to 10: the weight of the place i
// from the right, the check digit's being 0, is 2^i mod 11.
func checkDigit(d []byte) int {
	m := 0
	for _, v := range d {
		m = (m + int(v)) * 2 % 11
	}
	return (12 - m) % 11
}

func birthDate(d []byte) bool { return realDate(value(d[6:10]), value(d[10:12]), value(d[12:14])) }

// realDate reports whether the day exists, from 1900 to 2099.
func realDate(y, m, d int) bool {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return y >= 1900 && y <= 2099 && int(t.Month()) == m && t.Day() == d
}

func value(d []byte) int {
	n := 0
	for _, v := range d {
		n = n*10 + int(v)
	}
	return n
}

func ascii(d []byte) string {
	b := make([]byte, len(d))
	for i, v := range d {
		b[i] = '0' + v
	}
	return string(b)
}

func equal[T comparable](s []T, want ...T) bool { return slices.Equal(s, want) }
