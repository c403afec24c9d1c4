package gateway

import "testing"

// A whisper that nobody would hear is refused, in words that say so.
func TestAWhisperToNobody(t *testing.T) {
	r := newRig(t).staffed()
	lead := r.agent(wu)
	c := r.waiting("a/d/", "")
	s, err := r.store.Load(t.Context(), c.session)
	if err != nil {
		t.Fatal(err)
	}
	lead.act("whisper", c.session, s.Fence, "cid-whisp1", "有人吗")
	if f := lead.until("refused", errorOf(CodeUnowned)); f.text("cid") != "cid-whisp1" || f.text("text") != sentences[CodeUnowned].zh {
		t.Errorf("got %v", f)
	}
	lead.act("join", c.session, s.Fence, "cid-join-1", "")
	lead.until("nobody to join", errorOf(CodeUnowned))
}
