package sessions

import "time"

// Line is how the queue of a skill stands.
type Line struct {
	Skill   string
	Waiting int       // all who are queued, held out to somebody or not
	Left    int       // of those, customers who left a message and were promised an answer for later
	Oldest  time.Time // since when the one waits who waits longest, of those who wait now; zero if all left messages
}
