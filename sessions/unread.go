package sessions

import "time"

// Unread is a note that names somebody who did not look at the chat since. Store keeps
// it from the commit of the note on, whether they are there or not.
type Unread struct {
	Session Session   // as it is now
	Seq     int64     // of the note; of several in a chat the newest
	At      time.Time // when it was written
}
