package gateway

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"wenda/sessions"
)

func TestWhoMayConnect(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Origins = []string{"https://app.example.com"} })
	r.staff.set(zhou)
	host := strings.TrimPrefix(r.server.URL, "http://")
	for name, test := range map[string]struct {
		path   string
		header http.Header
		status int
	}{
		"own page":              {"/ws", http.Header{"Origin": {r.server.URL}}, 101},
		"listed page":           {"/ws", http.Header{"Origin": {"https://app.example.com"}}, 101},
		"another page":          {"/ws", http.Header{"Origin": {"https://evil.example"}}, 403},
		"listed as beginning":   {"/ws", http.Header{"Origin": {"https://app.example.com.evil.example"}}, 403},
		"listed as end":         {"/ws", http.Header{"Origin": {"https://evil-app.example.com"}}, 403},
		"null":                  {"/ws", http.Header{"Origin": {"null"}}, 403},
		"other scheme":          {"/ws", http.Header{"Origin": {"http://app.example.com"}}, 403},
		"other port":            {"/ws", http.Header{"Origin": {"https://app.example.com:8443"}}, 403},
		"own with other scheme": {"/ws", http.Header{"Origin": {"https://" + host}}, 403},
		"two origins":           {"/ws", http.Header{"Origin": {r.server.URL, "https://evil.example"}}, 403},
		"none":                  {"/ws", nil, 403},
		"token in the address":  {"/ws?token=abc", http.Header{"Origin": {r.server.URL}}, 400},
		"desk, logged in":       {"/desk/ws", http.Header{"Origin": {r.server.URL}, "Cookie": {"login=u1"}}, 101},
		"desk, not logged in":   {"/desk/ws", http.Header{"Origin": {r.server.URL}}, 401},
		"desk, somebody else":   {"/desk/ws", http.Header{"Origin": {r.server.URL}, "Cookie": {"login=u2"}}, 401},
		"desk, host app's page": {"/desk/ws", http.Header{"Origin": {"https://app.example.com"}, "Cookie": {"login=u1"}}, 403},
	} {
		if got := r.handshake(test.path, test.header); got != test.status {
			t.Errorf("%s: status %d, want %d", name, got, test.status)
		}
	}
}

func TestNoOriginIfAllowed(t *testing.T) {
	r := newRig(t, func(o *Options) { o.AllowNoOrigin = true })
	if got := r.handshake("/ws", nil); got != 101 {
		t.Errorf("status %d", got)
	}
	if got := r.handshake("/ws", http.Header{"Origin": {"https://evil.example"}}); got != 403 {
		t.Errorf("a browser of another page: status %d", got)
	}
}

// handshake asks for a websocket, changed by header, and returns the status.
func (r *rig) handshake(path string, header http.Header) int {
	conn, status := r.tcp(path, header)
	conn.Close()
	return status
}

// tcp is a websocket whose client side is written by hand.
func (r *rig) tcp(path string, header http.Header) (net.Conn, int) {
	r.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.server.URL, "http://"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { conn.Close() })
	all := http.Header{
		"Host": {strings.TrimPrefix(r.server.URL, "http://")}, "Upgrade": {"websocket"}, "Connection": {"Upgrade"},
		"Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
	}
	for k, v := range header {
		all[k] = v
	}
	var request bytes.Buffer
	fmt.Fprintf(&request, "GET %s HTTP/1.1\r\n", path)
	for k, vs := range all {
		for _, v := range vs {
			fmt.Fprintf(&request, "%s: %s\r\n", k, v)
		}
	}
	request.WriteString("\r\n")
	_ = conn.SetDeadline(time.Now().Add(bound))
	if _, err := conn.Write(request.Bytes()); err != nil {
		r.t.Fatal(err)
	}
	answered := begun{conn, bufio.NewReader(conn)}
	resp, err := http.ReadResponse(answered.in, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return answered, resp.StatusCode
}

// begun is a connection of which an answer was read, and perhaps some of what follows it.
type begun struct {
	net.Conn
	in *bufio.Reader
}

func (b begun) Read(p []byte) (int, error) { return b.in.Read(p) }

func TestWhatIsNoUpgrade(t *testing.T) {
	r := newRig(t)
	own := http.Header{"Origin": {r.server.URL}}
	with := func(key, value string) http.Header {
		h := own.Clone()
		h[key] = []string{value}
		return h
	}
	for name, test := range map[string]struct {
		header http.Header
		status int
	}{
		"plain request": {with("Upgrade", ""), 426},
		"version 12":    {with("Sec-Websocket-Version", "12"), 426},
		"no version":    {with("Sec-Websocket-Version", ""), 426},
		"bad key":       {with("Sec-Websocket-Key", "short"), 400},
	} {
		if got := r.handshake("/ws", test.header); got != test.status {
			t.Errorf("%s: status %d, want %d", name, got, test.status)
		}
	}
	resp, err := http.Post(r.server.URL+"/ws", "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 405 {
		t.Errorf("POST: status %d", resp.StatusCode)
	}
}

// TestBadWebsocketFrames writes bytes no library would write and reads the close code.
func TestBadWebsocketFrames(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Limits.CustomerFrames = Pace{1, 1000} })
	hello := wsFrame(true, 1, []byte(`{"type":"hello","v":1,"after":0}`))
	text := func(s string) []byte { return wsFrame(true, 1, []byte(s)) }
	huge := func(length uint64) []byte {
		return append(binary.BigEndian.AppendUint64([]byte{0x81, 0xff}, length), 0, 0, 0, 0)
	}
	unmasked := []byte{0x81, 2, '{', '}'}
	control := func(op byte, payload []byte) []byte { return wsFrame(true, op, payload) }
	code := func(n uint16) []byte { return binary.BigEndian.AppendUint16(nil, n) }
	fragments := func(n, size int) []byte {
		all := wsFrame(false, 1, []byte(`{"type":"send","cid":"cid-00001","text":"`))
		for range n {
			all = append(all, wsFrame(false, 0, bytes.Repeat([]byte("a"), size))...)
		}
		return append(all, wsFrame(true, 0, []byte(`"}`))...)
	}
	for name, test := range map[string]struct {
		bytes []byte
		code  int
	}{
		"unmasked":                         {unmasked, 1002},
		"reserved bit 1":                   {append([]byte{0xC1}, text("{}")[1:]...), 1002},
		"reserved bit 2":                   {append([]byte{0xA1}, text("{}")[1:]...), 1002},
		"reserved bit 3":                   {append([]byte{0x91}, text("{}")[1:]...), 1002},
		"reserved opcode 3":                {wsFrame(true, 3, nil), 1002},
		"reserved control 11":              {wsFrame(true, 11, nil), 1002},
		"long ping":                        {control(9, make([]byte, 126)), 1002},
		"fragmented ping":                  {wsFrame(false, 9, nil), 1002},
		"close with one byte":              {control(8, []byte{3}), 1002},
		"close with 1005":                  {control(8, code(1005)), 1002},
		"close with 999":                   {control(8, code(999)), 1002},
		"close with 5000":                  {control(8, code(5000)), 1002},
		"close with bad text":              {control(8, append(code(1000), 0xff)), 1002},
		"continuation first":               {wsFrame(true, 0, []byte("x")), 1002},
		"message inside a message":         {append(wsFrame(false, 1, []byte("{")), text("}")...), 1002},
		"length 2^63-1":                    {huge(1<<63 - 1), 1009},
		"length 2^64-1":                    {huge(1<<64 - 1), 1009},
		"longer than allowed":              {text(`"` + strings.Repeat("a", 16<<10) + `"`), 1009},
		"longer than allowed, in parts":    {fragments(20, 1000), 1009},
		"many empty parts":                 {fragments(500, 0), 1008},
		"binary":                           {wsFrame(true, 2, []byte("{}")), 1003},
		"not UTF-8":                        {text("{\"type\":\"\xff\"}"), 1007},
		"not UTF-8 at the edge of a part":  {append(wsFrame(false, 1, []byte("{\"\xe5")), wsFrame(true, 0, []byte("\"}"))...), 1007},
		"surrogate in UTF-8":               {text("{\"type\":\"\xed\xa0\x80\"}"), 1007},
		"websocket pings without end":      {bytes.Repeat(control(9, []byte("x")), 3000), 1008},
		"websocket pongs without end":      {bytes.Repeat(control(10, nil), 3000), 1008},
		"pings without end":                {bytes.Repeat(text(`{"type":"ping"}`), 3000), 1008},
		"nonsense without end":             {bytes.Repeat(text(`{}`), 11), 1008},
		"hello twice":                      {text(`{"type":"hello","v":1,"after":0}`), 4400},
		"closed properly":                  {control(8, code(1000)), 1000},
		"closed without a word":            {control(8, nil), 0},
		"text in parts around a ping, end": {append(append(wsFrame(false, 1, []byte(`{"type":`)), append(control(9, nil), wsFrame(true, 0, []byte(`"pong"}`))...)...), control(8, code(3000))...), 3000},
	} {
		t.Run(name, func(t *testing.T) {
			conn, status := r.tcp("/ws", http.Header{"Origin": {r.server.URL}})
			if status != 101 {
				t.Fatalf("status %d", status)
			}
			go func() { _, _ = conn.Write(append(hello, test.bytes...)) }()
			if got := closeCode(t, conn); got != test.code {
				t.Errorf("closed with %d, want %d", got, test.code)
			}
		})
	}
}

// closeCode reads frames until one closes; 0 if that says no code.
func closeCode(t *testing.T, conn net.Conn) int {
	t.Helper()
	in := bufio.NewReader(conn)
	for {
		var head [2]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			t.Fatalf("no close frame: %v", err)
		}
		length := int(head[1] & 0x7f)
		if length == 126 {
			var more [2]byte
			if _, err := io.ReadFull(in, more[:]); err != nil {
				t.Fatal(err)
			}
			length = int(binary.BigEndian.Uint16(more[:]))
		}
		payload := make([]byte, length)
		if _, err := io.ReadFull(in, payload); err != nil {
			t.Fatal(err)
		}
		if head[0]&0xf == 8 {
			if len(payload) < 2 {
				return 0
			}
			return int(binary.BigEndian.Uint16(payload))
		}
	}
}

func TestHelloComesFirst(t *testing.T) {
	r := newRig(t)
	for name, first := range map[string]string{
		"other frame": `{"type":"send","cid":"cid-00001","text":"a"}`, "no frame": `{}`, "ping": `{"type":"ping"}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := r.open("/ws", nil)
			c.raw(first)
			c.closed(CloseProtocol)
		})
	}
	t.Run("old page", func(t *testing.T) {
		c := r.open("/ws", nil)
		c.raw(`{"type":"hello","v":7,"after":0,"more":1}`)
		c.refused(CodeVersion)
		c.closed(CloseProtocol)
	})
}

func TestHelloComesSoon(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Limits.HelloWithin = time.Second })
	nothing := r.open("/ws", nil)
	half, _ := r.tcp("/ws", http.Header{"Origin": {r.server.URL}})
	if _, err := half.Write([]byte{0x81, 0x85, 1}); err != nil {
		t.Fatal(err)
	}
	nothing.closed(CloseProtocol)
	if got := closeCode(t, half); got != CloseProtocol {
		t.Errorf("after half a frame it is closed with %d", got)
	}
}

func TestOneFaultLeavesTheSocketOpen(t *testing.T) {
	r := newRig(t)
	c := r.customer("a/d/")
	c.event("welcome")
	for data, code := range map[string]Code{
		`{"type":"send","cid":"cid-00001","text":"` + strings.Repeat("字", 2001) + `"}`: CodeTooLong,
		`{"type":"send","cid":"cid-00001","text":" "}`:                                 CodeEmpty,
		`{"type":"claim","cid":"cid-00001"}`:                                           CodeForbidden,
		`[[[[[[[[[[`:                                                                   CodeBadFrame,
	} {
		c.raw(data)
		c.refused(code)
	}
	c.say("cid-00001", "还在")
}

func TestAPanicCostsOneSocketAndLogsNoText(t *testing.T) {
	var log bytes.Buffer
	r := newRig(t, func(o *Options) { o.Log = newTestLog(&log) })
	c, other := r.customer("a/d/"), r.customer("b/d/")
	c.event("welcome")
	r.bot.script(func(b *echoBot) { b.panics = true })
	c.send(Send{Type: "send", CID: "cid-00001", Text: "私密的话"})
	c.refused(CodeInternal)
	c.closed(closeInternal)
	other.event("welcome")
	other.say("cid-00001", "还在")
	if !strings.Contains(log.String(), "panic") || strings.Contains(log.String(), "私密") || strings.Contains(log.String(), "secret") {
		t.Errorf("logged %s", log.String())
	}
}

func TestTheDeadAreNoticed(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Limits.DeadAfter = 100 * time.Millisecond })
	r.customer("a/d/")
	within(t, "the socket is given up", func() bool { return r.g.Connected() == 0 })
}

func TestNobodyReachesSomebodyElsesChat(t *testing.T) {
	r := newRig(t)
	theirs := r.customer("victim/d/")
	theirs.event("welcome")
	theirs.say("cid-00001", "我的事")
	theirs.event("我的事")
	theirs.event("re: 我的事")

	// Naming the session in hello leads to one's own.
	c := r.customer("thief/d/", func(h *Hello) { h.Session, h.After = theirs.session, 1 })
	if c.session == theirs.session {
		t.Fatal("let into somebody else's session")
	}
	c.event("welcome")
	// The same cid is another message.
	c.say("cid-00001", "我的事")
	c.event("我的事")
	c.event("re: 我的事")
	if s, _ := r.store.Load(t.Context(), theirs.session); s.Seq != 3 {
		t.Fatalf("somebody else's session is at %d", s.Seq)
	}
	// The same device name is another device.
	if s, _ := r.store.Load(t.Context(), c.session); s.Seq != 3 || s.State != sessions.Bot {
		t.Fatalf("own session: %+v", s)
	}
}

func TestCompressionIsNeverAgreedOn(t *testing.T) {
	r := newRig(t)
	d := *websocket.DefaultDialer
	d.EnableCompression = true
	conn, resp, err := d.Dial("ws"+strings.TrimPrefix(r.server.URL, "http")+"/ws", http.Header{"Origin": {r.server.URL}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if ext := resp.Header.Get("Sec-Websocket-Extensions"); ext != "" {
		t.Errorf("agreed on %q", ext)
	}
}
