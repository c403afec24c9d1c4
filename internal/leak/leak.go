// Package leak holds test binaries to ending what they began:
//
//	func TestMain(m *testing.M) { leak.Main(m) }
package leak

import (
	"time"

	"go.uber.org/goleak"
)

// patience is how long goroutines that were told to end may take to do so. goleak itself
// looks for less than half a second, which a busy machine does not keep.
const patience = time.Minute

// Postgres is an option for test binaries that use testbed.Postgres, whose one server
// runs until their end.
var Postgres = []goleak.Option{
	goleak.IgnoreAnyFunction("os/exec.(*Cmd).Wait"), goleak.IgnoreAnyFunction("os/exec.(*Cmd).writerDescriptor.func1"),
}

// Main runs the tests and ends the process, with an error if goroutines are left.
func Main(tests goleak.TestingM, options ...goleak.Option) {
	goleak.VerifyTestMain(waiting{tests, options}, options...)
}

// waiting are tests that have ended when their goroutines have, or nobody waits any more.
type waiting struct {
	goleak.TestingM
	options []goleak.Option
}

func (w waiting) Run() int {
	code := w.TestingM.Run()
	for deadline := time.Now().Add(patience); code == 0 && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if goleak.Find(w.options...) == nil {
			break
		}
	}
	return code
}
