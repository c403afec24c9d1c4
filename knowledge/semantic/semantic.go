// Package semantic says how alike two texts are in meaning, and beside it (classifier.go)
// which of a base's groups a text looks most like.
//
//	encoder, err := corpus.Encoder()                             // taught with our own corpus
//	encoder, err = semantic.Train(ctx, seg, encoder, lesson, semantic.Tuning, nil)   // and with a base
//	a, b := encoder.Encode(seg.Cut("卡里有钱")), encoder.Encode(seg.Cut("余额够的"))
//	a.Cosine(b)
//
// A text is the sum of the vectors of its features, scaled to length 1: words,
// characters, two and three of them in a row, and how they are said, so that a typo
// stays close to what was meant (features.go). Before any training a feature's vector is
// a random direction of its own, drawn from its hash: texts are as alike as the
// features they share. Training turns features towards each other where people say the
// same thing with them, and away where they look alike and mean something else
// (train.go: batches in batch.go, one step in step.go).
//
// A trained feature is 128 bytes and a scale; the others need no memory. Everything is
// plain Go, seeded, and independent of the order of maps and of the number of
// processors: the same lesson gives the same file (file.go).
package semantic
