package checker

import "wenda/cmd/loadtest/history"

// view is what one reader has of one session.
type view struct {
	cursor int64
	lost   bool // something was wrong: nothing more is said about it
}

// readers holds every delivery against the transcript.
func (c *inquiry) readers() {
	type key struct{ reader, session string }
	views := map[key]*view{}
	for _, r := range c.records {
		k := key{r.Reader, r.Session}
		switch r.Op {
		case history.Attach:
			views[k] = &view{cursor: r.Seq}
		case history.Receive:
			v := views[k]
			if v == nil {
				c.broken(Delivery, r.Session, r.Seq, r.Ref, "%s got a line of a session it had not been told of", r.Reader)
				views[k] = &view{cursor: r.Seq, lost: true}
				continue
			}
			if !v.lost {
				v.lost = !c.delivered(v, r)
			}
			v.cursor = r.Seq
		case history.Level:
			if v := views[k]; v != nil && !v.lost {
				c.complete(v, r)
			}
		}
	}
}

// delivered reports whether a line came as it must.
func (c *inquiry) delivered(v *view, r history.Record) bool {
	s := c.session[r.Session]
	switch {
	case s == nil || r.Seq < 1 || r.Seq > int64(len(s.Events)):
		c.broken(Lost, r.Session, r.Seq, r.Ref, "%s read it, and it is in no transcript", r.Reader)
	case r.Seq <= v.cursor:
		c.broken(Delivery, r.Session, r.Seq, r.Ref, "%s got it after seq %d", r.Reader, v.cursor)
	case r.Prev != v.cursor:
		c.broken(Delivery, r.Session, r.Seq, r.Ref, "%s got it as the one behind %d, and had %d", r.Reader, r.Prev, v.cursor)
	case s.visible(v.cursor, r.Seq-1, r.Staff) != 0:
		c.broken(Delivery, r.Session, r.Seq, r.Ref, "%s did not get seq %d before it", r.Reader, s.visible(v.cursor, r.Seq-1, r.Staff))
	default:
		return c.asWritten(s.Events[r.Seq-1], r)
	}
	return false
}

// visible returns the first seq in (after, to] that such a reader may see, 0 if there is none.
func (s *life) visible(after, to int64, staff bool) int64 {
	for _, e := range s.Events[max(0, min(after, int64(len(s.Events)))):max(0, min(to, int64(len(s.Events))))] {
		if staff || !e.Staff {
			return e.Seq
		}
	}
	return 0
}

func (c *inquiry) asWritten(e Event, r history.Record) bool {
	switch {
	case e.Seq != r.Seq:
		return true // a gap in the transcript, said elsewhere
	case e.Staff && !r.Staff:
		c.broken(Delivery, r.Session, r.Seq, r.Ref, "%s got a line that is for staff", r.Reader)
	case string(e.Kind) != r.Kind || string(e.Role) != r.From || e.Hash != r.Hash:
		c.broken(Delivery, r.Session, r.Seq, r.Ref, "%s got a %s of %s that differs from the %s of %s in the transcript", r.Reader, r.Kind, r.From, e.Kind, e.Role)
	case r.Ref != "" && r.Ref != e.Ref:
		c.broken(Delivery, r.Session, r.Seq, r.Ref, "%s got it with another ref than %s", r.Reader, e.Ref)
	default:
		return true
	}
	return false
}

// complete: at the end a reader has everything it may see.
func (c *inquiry) complete(v *view, r history.Record) {
	s := c.session[r.Session]
	if s == nil {
		c.broken(Lost, r.Session, 0, "", "%s reads a session that is not there", r.Reader)
		return
	}
	if missing := s.visible(v.cursor, int64(len(s.Events)), false); missing != 0 {
		c.broken(Incomplete, r.Session, missing, "", "%s was given time, has %d and did not get it", r.Reader, v.cursor)
	}
}
