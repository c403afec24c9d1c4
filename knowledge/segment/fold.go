package segment

//go:generate go run ./internal/unihan -out fold_table.go

// customary adds what the Unicode table leaves apart and customers mix: two
// spellings of "account" (帐户, 账户), the polite and the female "you", 甚麼 for 什么.
const customary = "帐账帳账您你妳你甚什"

// folded maps a character of the Basic Multilingual Plane to what it is compared
// as; 0 means itself.
var folded = func() (table [1 << 16]uint16) {
	for _, pairs := range []string{foldPairs, customary} {
		var from rune
		for _, r := range pairs {
			if from == 0 {
				from = r
				continue
			}
			table[from], from = uint16(r), 0
		}
	}
	return table
}()

func foldRune(r rune) rune {
	if r < 0 || int(r) >= len(folded) || folded[r] == 0 {
		return r
	}
	return rune(folded[r])
}
