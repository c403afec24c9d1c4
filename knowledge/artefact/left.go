package artefact

import "time"

// Left estimates how long a making still takes, if it goes on as fast as it went: passed
// is the time between the moments at which it was from and done steps far. A watcher
// who saw the beginning has from 0. It is not known before a step was seen to be
// done, and 0 at the end.
func Left(passed time.Duration, from, done, of int) (left time.Duration, known bool) {
	switch {
	case of > 0 && done >= of:
		return 0, true
	case done <= from || from < 0 || passed <= 0:
		return 0, false
	}
	return time.Duration(float64(passed) * float64(of-done) / float64(done-from)), true
}
