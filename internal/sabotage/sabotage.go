// Package sabotage breaks Wenda on purpose, so that the proof of cmd/loadtest can be
// seen to fail: a proof that cannot fail proves nothing.
//
//	if sabotage.On(sabotage.AckBeforeCommit) { … }   // a mutant: one way to be wrong
//	sabotage.Point(sabotage.BeforeCommit)            // a place to die at
//
// In a normal build both do nothing and are compiled away, names and all. Built with
// the tag "sabotage", a process is the one mutant that WENDA_TEST_SABOTAGE names, and
// kills itself as kill -9 does when it comes by the point that WENDA_TEST_DIE_AT
// names, "point:n", for the nth time.
package sabotage

// Variables of a sabotaged process. Settings ignore what begins with WENDA_TEST_.
const (
	MutantEnv = "WENDA_TEST_SABOTAGE"
	DieAtEnv  = "WENDA_TEST_DIE_AT"
)

// Mutants.
const (
	// AckBeforeCommit: the gateway acks a customer's message, then commits it.
	AckBeforeCommit = "ack-before-commit"

	// AnswerLeavesBatch: the writer of SQLite answers each request as soon as it was
	// run, before the transaction of all is committed.
	AnswerLeavesBatch = "answer-leaves-batch"

	// RefsNotUnique: refs are unique within nothing, so that no repeat is found, by
	// index or lookup.
	RefsNotUnique = "refs-not-unique"

	// FenceIgnored: agent and bot write whoever owns the session.
	FenceIgnored = "fence-ignored"

	// WakeUpCarriesData: a follower takes a wake-up for the news itself: it reads the
	// turn it was woken for, and nothing that came between.
	WakeUpCarriesData = "wake-up-carries-data"

	// RedisBelieved: what was decided on a hot copy is written without asking whether
	// the row in SQL is still the same.
	RedisBelieved = "redis-believed"

	// HotAfterConflict: after a conflict the session is read from the hot copy again.
	HotAfterConflict = "hot-after-conflict"
)

// Mutants are all of them.
var Mutants = []string{AckBeforeCommit, AnswerLeavesBatch, RefsNotUnique, FenceIgnored, WakeUpCarriesData, RedisBelieved, HotAfterConflict}

// Points on the way of a message.
const (
	BeforeInsert = "insert-before" // of events, inside the transaction
	AfterInsert  = "insert-after"
	BeforeCommit = "commit-before"  // of a transaction
	AfterCommit  = "commit-after"   // before anybody is answered
	BeforeWakeUp = "wake-up-before" // committed and not yet announced
	AfterWakeUp  = "wake-up-after"
	BeforeAck    = "ack-before" // to a customer or an agent
	AfterAck     = "ack-after"
)

// Points are all of them.
var Points = []string{BeforeInsert, AfterInsert, BeforeCommit, AfterCommit, BeforeWakeUp, AfterWakeUp, BeforeAck, AfterAck}
