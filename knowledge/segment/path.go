package segment

import "math"

// unknownCharacter is the distance of a character that is no word by itself, as in gse.
const unknownCharacter = 32

// path finds the shortest way through a run of Chinese: gse's shortest path (its Cut
// without arguments) over gse's dictionary, in one walk that also finds the words
// inside the words. path_test.go compares it with gse's own.
type path struct {
	run   string
	bytes []byte // the run again
	steps []step
}

// step is a character of the run.
type step struct {
	at    int     // byte in the run
	found uint16  // bit n: a dictionary word of n characters starts here
	from  int     // where the word that ends before this character starts, on the best way
	best  float32 // length of that way
}

func (s *Segmenter) path(run string, room []step) path {
	p := path{run, []byte(run), room[:0]}
	for i := range run {
		p.steps = append(p.steps, step{at: i, best: -1})
	}
	p.steps = append(p.steps, step{at: len(run), best: -1})
	p.steps[0].best = 0
	for i := range len(p.steps) - 1 {
		p.reach(i, i+1, unknownCharacter)
		s.look(p, i)
	}
	return p
}

// look finds the words that start at character i.
func (s *Segmenter) look(p path, i int) {
	for n := 2; n <= s.longest && i+n < len(p.steps); n++ {
		freq, _, ok := s.words.Dict.Find(p.bytes[p.steps[i].at:p.steps[i+n].at])
		if !ok {
			return // no word starts like this
		}
		if freq > 0 {
			p.steps[i].found |= 1 << n
			p.reach(i, i+n, s.total-float32(math.Log2(freq)))
		}
	}
}

// reach notes a way to character to by the word that starts at from. Of ways of the
// same length the first stays.
func (p path) reach(from, to int, distance float32) {
	way := p.steps[from].best + distance
	if t := &p.steps[to]; t.best < 0 || way < t.best {
		t.best, t.from = way, from
	}
}

// words appends the words of the best way, each followed by the words inside it.
func (p path) words(out []string) []string {
	// Turn the chain round: next is kept in from.
	for to, next := len(p.steps)-1, -1; to >= 0; {
		from := p.steps[to].from
		p.steps[to].from = next
		if to == 0 {
			break
		}
		to, next = from, to
	}
	for i := 0; i < len(p.steps)-1; i = p.steps[i].from {
		out = append(out, p.run[p.steps[i].at:p.steps[p.steps[i].from].at])
		out = p.inner(out, i, p.steps[i].from)
	}
	return out
}

// inner appends the dictionary words inside the word from one character to another,
// the shorter ones first: 还款 is found in 提前还款.
func (p path) inner(out []string, from, to int) []string {
	for n := 2; n < to-from; n++ {
		for i := from; i+n <= to; i++ {
			if p.steps[i].found&(1<<n) != 0 {
				out = append(out, p.run[p.steps[i].at:p.steps[i+n].at])
			}
		}
	}
	return out
}
