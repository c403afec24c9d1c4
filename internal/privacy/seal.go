package privacy

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// ErrSealed says that a sealed text cannot be opened: it was sealed with a key
// that is not here, for something else, or it was changed.
var ErrSealed = errors.New("privacy: cannot be opened with this key")

// sealVersion is the first byte of what Seal makes.
const sealVersion = 1

// keyIDSize is how many bytes of a key's fingerprint name it.
const keyIDSize = 4

// Sealer encrypts what must be kept and not be read. The zero Sealer is not
// usable: OpenKey makes one. It is safe for concurrent use.
//
// Sealed texts are self-describing: version (1 byte), key id (4), nonce (12),
// AES-256-GCM ciphertext and tag (16 more than the text). Nonces are random, so a
// key must not seal more than 2^32 texts (NIST SP 800-38D, 8.3): a message a
// second for 136 years.
type Sealer struct {
	master [KeySize]byte
	id     [keyIDSize]byte
	boxes  map[[keyIDSize]byte]cipher.AEAD // by key id: this key and those it replaced
}

func newSealer(master [KeySize]byte, older ...[KeySize]byte) (*Sealer, error) {
	s := &Sealer{master: master, boxes: map[[keyIDSize]byte]cipher.AEAD{}}
	for _, m := range append(older, master) {
		block, err := aes.NewCipher(derive(m, "seal"))
		if err != nil {
			return nil, fmt.Errorf("privacy: %w", err)
		}
		box, err := cipher.NewGCM(block)
		if err != nil {
			return nil, fmt.Errorf("privacy: %w", err)
		}
		copy(s.id[:], derive(m, "key id"))
		s.boxes[s.id] = box
	}
	return s, nil
}

// Seal encrypts plain. aad says what it belongs to (a session id and a ref, say):
// it is not kept in the result, and Open must be given the same, so that a sealed
// text cannot be moved somewhere else.
func (s *Sealer) Seal(plain, aad []byte) []byte {
	out := append([]byte{sealVersion}, s.id[:]...)
	nonce := make([]byte, s.boxes[s.id].NonceSize())
	rand.Read(nonce) // never fails: crypto/rand
	out = append(out, nonce...)
	return s.boxes[s.id].Seal(out, nonce, plain, aad)
}

// Open decrypts what Seal made. ErrSealed.
func (s *Sealer) Open(sealed, aad []byte) ([]byte, error) {
	if len(sealed) < 1+keyIDSize || sealed[0] != sealVersion {
		return nil, ErrSealed
	}
	box, ok := s.boxes[[keyIDSize]byte(sealed[1:])]
	if !ok {
		return nil, ErrSealed
	}
	sealed = sealed[1+keyIDSize:]
	if len(sealed) < box.NonceSize() {
		return nil, ErrSealed
	}
	plain, err := box.Open(nil, sealed[:box.NonceSize()], sealed[box.NonceSize():], aad)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Key returns a key of 32 bytes for one purpose, always the same for the same key
// file. Who knows one learns nothing about the others (HKDF, RFC 5869).
func (s *Sealer) Key(purpose string) []byte { return derive(s.master, "use: "+purpose) }

func derive(master [KeySize]byte, info string) []byte {
	key, err := hkdf.Key(sha256.New, master[:], nil, "wenda "+info, KeySize)
	if err != nil {
		panic(err) // only for more than 8,160 bytes
	}
	return key
}
