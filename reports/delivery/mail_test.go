package delivery

import (
	"bytes"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"careshare/reports/delivery/mailtest"
)

func TestAPackArrivesOnceWithItsFiles(t *testing.T) {
	s := mailtest.Serve(t, true)
	m := mailTo(s)
	m.User, m.Password = "careshare", func() (string, error) { return "secret", nil }
	h := spooled(t, m)
	d, files := pack(t, m, "weekly-20261102T070000Z")
	h.add(d, files)
	h.add(d, files) // asked for twice
	h.send()
	h.now = h.now.Add(24 * time.Hour)
	h.send()
	h.add(d, files) // and after it has ended
	h.send()
	took := s.Messages()
	if len(took) != 1 || took[0].To != "managers@council.example" {
		t.Fatalf("%d messages arrived", len(took))
	}
	header := took[0].Header
	if got := header.Get("Message-ID"); got != "<"+d.To[0].MessageID+">" {
		t.Errorf("Message-ID %s", got)
	}
	if header.Get("User-Agent")+header.Get("X-Mailer") != "" || header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("headers %v", header)
	}
	names, contents := parts(t, took[0])
	want, _ := os.ReadFile(files[0])
	if len(names) != 2 || names[1] != "managers-pack.html" || !bytes.Equal(contents[1], want) {
		t.Errorf("the parts are %v", names)
	}
	done, err := h.spool.Done("weekly")
	if err != nil || len(done) != 1 || done[0].To[0].State != Delivered {
		t.Errorf("the ledger says %+v, %v", done, err)
	}
	if left, _ := filepath.Glob(filepath.Join(h.spool.folder, "waiting", "*")); len(left) > 0 {
		t.Errorf("the spool keeps %v", left)
	}
}

func parts(t *testing.T, took mailtest.Taken) (names []string, contents [][]byte) {
	t.Helper()
	_, params, err := mime.ParseMediaType(took.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	reader := multipart.NewReader(bytes.NewReader(took.Raw[bytes.Index(took.Raw, []byte("\r\n\r\n")):]), params["boundary"])
	for {
		part, err := reader.NextRawPart()
		if err == io.EOF {
			return names, contents
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(decoded(part))
		if err != nil {
			t.Fatal(err)
		}
		names, contents = append(names, part.FileName()), append(contents, content)
	}
}

// TestAReportOfPeopleStaysWhereItIs: only its place is told.
func TestAReportOfPeopleStaysWhereItIs(t *testing.T) {
	s := mailtest.Serve(t, true)
	h := spooled(t, mailTo(s))
	d, files := pack(t, h.mail, "lists-20261102T070000Z")
	d.To[0].WithFiles = false
	h.add(d, files)
	h.send()
	took := s.Messages()
	if len(took) != 1 || strings.Contains(string(took[0].Raw), "Figures") || !strings.Contains(string(took[0].Raw), "The report stays where it is") {
		t.Errorf("%d messages: %s", len(took), took[0].Raw)
	}
}

// TestWhatBecomesOfAMessage has the server do what servers do, then mends it and tries again.
func TestWhatBecomesOfAMessage(t *testing.T) {
	for name, test := range map[string]struct {
		spoil  func(*mailtest.Server, *hands)
		state  State
		reason string
		mends  bool
	}{
		"refused recipient": {func(s *mailtest.Server, _ *hands) {
			s.Do(mailtest.Behaviour{OnRecipient: func(string) error { return &smtp.SMTPError{Code: 550, Message: "no Zoë here"} }})
		}, Refused, "550", false},
		"too large": {func(s *mailtest.Server, _ *hands) {
			s.Do(mailtest.Behaviour{OnData: func(net.Conn, int) error { return &smtp.SMTPError{Code: 552, Message: "too large"} }})
		}, Refused, "552", false},
		"put off, then taken": {func(s *mailtest.Server, _ *hands) {
			s.Do(mailtest.Behaviour{OnRecipient: func(string) error { return &smtp.SMTPError{Code: 451, Message: "grey"} }})
		}, Waiting, "451", true},
		"dropped in the middle of DATA": {func(s *mailtest.Server, _ *hands) {
			s.Do(mailtest.Behaviour{OnData: func(conn net.Conn, _ int) error { conn.Close(); return mailtest.ErrDropped }})
		}, Waiting, "connection broke", true},
		"another certificate": {func(s *mailtest.Server, h *hands) { _, h.mail.CAFile = mailtest.Certificate(t) }, Waiting, "certificate", true},
		"wrong password": {func(s *mailtest.Server, h *hands) {
			h.mail.User, h.mail.Password = "careshare", func() (string, error) { return "old", nil }
		}, Waiting, "does not take the user or the password", true},
		"no password": {func(s *mailtest.Server, h *hands) {
			h.mail.User, h.mail.Password = "careshare", func() (string, error) { return "", fs.ErrPermission }
		}, Waiting, "read the password: permission denied", true},
		"nobody listens": {func(s *mailtest.Server, h *hands) { h.mail.Server = "127.0.0.1:1" }, Waiting, "reached", true},
		"another domain": {func(s *mailtest.Server, h *hands) { h.mail.Domains = []string{"other.example"} }, Refused, "domains", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := mailtest.Serve(t, true)
			h := spooled(t, mailTo(s))
			d, files := pack(t, h.mail, "weekly-20261102T070000Z")
			h.add(d, files)
			test.spoil(s, h)
			tried := h.send()
			if len(tried) != 1 || tried[0].To[0].State != test.state || !strings.Contains(tried[0].To[0].Reason, test.reason) {
				t.Fatalf("it stands %+v", tried)
			}
			if strings.Contains(tried[0].To[0].Reason, "Zoë") {
				t.Error("the server's own words are in the ledger")
			}
			if len(s.Messages()) > 0 {
				t.Error("it arrived")
			}
			s.Do(mailtest.Behaviour{})
			h.mail = mailTo(s)
			if tried := h.send(); len(tried) > 0 {
				t.Error("it was tried again too soon")
			}
			h.now = h.now.Add(5 * time.Minute)
			h.send()
			if arrived := len(s.Messages()) == 1; arrived != test.mends {
				t.Errorf("%d messages after it was mended", len(s.Messages()))
			}
		})
	}
}

func TestNothingIsSentWithoutSTARTTLS(t *testing.T) {
	s := mailtest.Serve(t, false)
	h := spooled(t, mailTo(s))
	h.mail.User, h.mail.Password = "careshare", func() (string, error) { return "secret", nil }
	d, files := pack(t, h.mail, "weekly-20261102T070000Z")
	h.add(d, files)
	if tried := h.send(); !strings.Contains(tried[0].To[0].Reason, "STARTTLS") || len(s.Messages()) > 0 {
		t.Errorf("it stands %+v", tried)
	}
}

func TestAttemptsEnd(t *testing.T) {
	s := mailtest.Serve(t, true)
	s.Do(mailtest.Behaviour{OnRecipient: func(string) error { return &smtp.SMTPError{Code: 451, Message: "grey"} }})
	h := spooled(t, mailTo(s))
	d, files := pack(t, h.mail, "weekly-20261102T070000Z")
	h.add(d, files)
	var waits []time.Duration
	for range 4 {
		tried := h.send()
		if len(tried) != 1 {
			t.Fatalf("not tried: %v", waits)
		}
		to := tried[0].To[0]
		if to.State == GivenUp {
			break
		}
		waits = append(waits, to.RetryAt.Sub(h.now))
		h.now = to.RetryAt
	}
	if len(waits) != 3 || waits[0] != 5*time.Minute || waits[1] != 10*time.Minute || waits[2] != 20*time.Minute {
		t.Errorf("it waited %v", waits)
	}
	if done, _ := h.spool.Done(""); len(done) != 1 || done[0].To[0].State != GivenUp || done[0].To[0].Attempts != 4 {
		t.Errorf("the ledger says %+v", done)
	}
}

func TestWhoMayReceive(t *testing.T) {
	m := Mail{Domains: []string{"council.example"}}
	for address, may := range map[string]bool{
		"a@council.example": true, "A.b-c@Council.Example": true,
		"a@other.example": false, "a@sub.council.example": false, "a@council.example.evil.example": false, "a@evilcouncil.example": false,
		"a@council.example, b@evil.example": false, "a@evil.example@council.example": false, "<a@council.example>": false,
		"a@council.example\r\nBcc: b@evil.example": false, "": false, "@council.example": false, "a%b@council.example": false, "a@councíl.example": false,
	} {
		if got := m.MayReceive(address) == nil; got != may {
			t.Errorf("%q: %v", address, got)
		}
	}
}

// TestAMessageIsTheSameInEachAttempt to the byte.
func TestAMessageIsTheSameInEachAttempt(t *testing.T) {
	m := Mail{From: "careshare@council.example", Domains: []string{"council.example"}}
	d, files := pack(t, m, "weekly-20261102T070000Z")
	found, err := hashOf(files[0])
	if err != nil {
		t.Fatal(err)
	}
	d.Files = []File{{Name: filepath.Base(files[0]), SHA256: found}}
	var written [2]bytes.Buffer
	for i := range written {
		message, err := m.message(d, d.To[0], files)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := message.WriteTo(&written[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(written[0].Bytes(), written[1].Bytes()) {
		t.Error("two messages of one delivery differ")
	}
	if err := os.WriteFile(files[0], []byte("tampered"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := m.message(d, d.To[0], files); err == nil {
		t.Error("a changed file of the spool is sent")
	}
}
