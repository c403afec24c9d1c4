package privacy

// numbers takes every acceptable window: first those that no neighbour can make
// doubtful, then the others from the left, the longest first. A window that was
// refused for its neighbour is looked at again when the neighbour was masked, so
// that nothing acceptable is left: masking twice finds nothing new.
func (s *scan) numbers() {
	for g := range s.groups {
		if !s.groups[g].dead && !s.try(g, g+1) {
			s.identity(g)
		}
	}
	s.todo = s.todo[:0]
	for g := range s.groups {
		s.from(g)
	}
	s.settle()
}

// settle looks again at the windows that touch what was masked.
func (s *scan) settle() {
	for len(s.todo) > 0 {
		edge := s.todo[len(s.todo)-1]
		s.todo = s.todo[:len(s.todo)-1]
		s.upTo(edge)
		s.from(edge)
	}
}

// reach returns the end of the longest row of linked groups from g on that is not
// longer than a number can be.
func (s *scan) reach(g int) int {
	end := g + 1
	for s.linked(end) && s.size(g, end+1) <= maxDigits {
		end++
	}
	return end
}

// identity tries all windows from g on as identity numbers.
func (s *scan) identity(g int) {
	for to := s.reach(g); to > g; to-- {
		if n := s.size(g, to); (n == 17 || n == 18) && s.tryID(g, to) {
			return
		}
	}
}

// from tries all windows that begin with group g.
func (s *scan) from(g int) {
	if g >= len(s.groups) || s.groups[g].dead {
		return
	}
	for to := s.reach(g); to > g; to-- {
		if s.try(g, to) {
			return
		}
	}
}

// upTo tries all windows that end before group end.
func (s *scan) upTo(end int) {
	for from := end - 1; from >= 0 && !s.groups[from].dead && s.size(from, end) <= maxDigits; from-- {
		if s.try(from, end) {
			return
		}
		if !s.linked(from) {
			return
		}
	}
}

// try takes the window [from, to) if it is a number of any kind.
func (s *scan) try(from, to int) bool {
	return s.tryID(from, to) || s.tryPhone(from, to) || s.tryCard(from, to)
}

func (s *scan) tryID(from, to int) bool {
	first, last := s.groups[from], s.groups[to-1]
	d, end := s.digits[first.d0:last.d1], last.to
	x := len(d) == 17 && last.x > 0
	if x {
		end = last.x
	}
	if !validID(d, x) || s.odd(from, to) {
		return false
	}
	plain := ascii(d)
	if x {
		plain += "X"
	}
	s.takeWindow(IDCard, from, to, 0, end, plain, plain[:3]+idStars+plain[16:])
	return true
}

func (s *scan) tryPhone(from, to int) bool {
	d := s.digits[s.groups[from].d0:s.groups[to-1].d1]
	skip := phonePrefix(d, to == from+1)
	if skip < 0 || s.odd(from, to) || !s.whole(from, skip) {
		return false
	}
	sizes := without(skip, s.sizes(from, to))
	if !phoneShape(sizes) || !s.clean(from, to, equal(sizes, 3, 4, 4), true) {
		return false
	}
	plain := ascii(d[skip:])
	s.takeWindow(Phone, from, to, skip, s.groups[to-1].to, plain, plain[:3]+phoneStars+plain[7:])
	return true
}

func (s *scan) tryCard(from, to int) bool {
	d := s.digits[s.groups[from].d0:s.groups[to-1].d1]
	if !validCard(d) || looksLikeID(d, s.groups[to-1].x > 0) || s.odd(from, to) || !cardShape(s.sizes(from, to)) || !s.clean(from, to, false, false) {
		return false
	}
	plain := ascii(d)
	s.takeWindow(BankCard, from, to, 0, s.groups[to-1].to, plain, plain[:6]+cardStars+plain[len(plain)-4:])
	return true
}

// whole reports whether the skip digits before a phone number are groups of their
// own or stand as a whole in front of it: 86138…, 86 138…, not 8 6138….
func (s *scan) whole(from, skip int) bool {
	first := s.groups[from].d0 + skip
	g := s.groups[s.cells[s.at[first]].group]
	return first == g.d0 || prefix(s.digits[g.d0:first])
}

// without returns the sizes without the first skip digits.
func without(skip int, sizes []int) []int {
	for skip > 0 {
		n := min(skip, sizes[0])
		skip, sizes[0] = skip-n, sizes[0]-n
		if sizes[0] == 0 {
			sizes = sizes[1:]
		}
	}
	return sizes
}

// takeWindow takes the window without its first skip digits, up to cell end.
func (s *scan) takeWindow(kind Kind, from, to, skip, end int, plain, masked string) {
	start := s.at[s.groups[from].d0+skip]
	s.take(kind, start, end, plain, masked)
	s.retire(s.cells[start].group, to)
}

// retire ends the life of groups, and has their neighbours looked at again.
func (s *scan) retire(from, to int) {
	for g := from; g < to; g++ {
		s.groups[g].dead = true
	}
	s.todo = append(s.todo, from, to)
}

// odd reports whether a mask in ASCII in place of the window would run into other
// digits: the window ends in Chinese digits and others follow at once.
func (s *scan) odd(from, to int) bool {
	first, last := s.groups[from], s.groups[to-1]
	return first.han && first.from > 0 && s.cells[first.from-1].digit >= 0 ||
		last.han && last.to < len(s.cells) && s.cells[last.to].digit >= 0
}

// sizes returns how a person sees the window grouped.
func (s *scan) sizes(from, to int) []int {
	var sizes []int
	for g := from; g < to; g++ {
		if g > from && s.groups[g].sep == 0 { // 138零零13八000 is one group to the eye
			sizes[len(sizes)-1] += s.groups[g].size()
			continue
		}
		sizes = append(sizes, s.groups[g].size())
	}
	return sizes
}

// clean reports whether the window does not look cut out of a longer number.
// plainly: its shape alone says what it is.
func (s *scan) clean(from, to int, plainly, phone bool) bool {
	if plainly || to == from+1 {
		return true
	}
	left := !s.linked(from) || s.apart(from, from-1, from, to) || phone && s.prefixed(from)
	return left && (!s.linked(to) || s.apart(to, to, from, to) || s.rest(to) >= 11)
}

// apart reports whether the neighbour, which stands behind or before the
// separator of group edge, is seen not to belong to the window.
func (s *scan) apart(edge, neighbour, from, to int) bool {
	n := s.groups[neighbour]
	if s.groups[edge].sep == 0 || n.date {
		return true
	}
	same, largest := false, 0
	for g := from; g < to; g++ {
		same = same || g > from && s.sameSep(g, edge)
		largest = max(largest, s.groups[g].size())
	}
	return !same || n.size() > largest
}

// prefixed reports whether the group before the window is a country code.
func (s *scan) prefixed(from int) bool {
	p := s.groups[from-1]
	return country(s.digits[p.d0:p.d1])
}

// rest returns how many digits follow in groups linked to the window's end; it
// stops counting at 11, which is enough for another number.
func (s *scan) rest(to int) int {
	n := 0
	for ; s.linked(to) && n < 11; to++ {
		n += s.groups[to].size()
	}
	return n
}
