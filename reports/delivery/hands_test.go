package delivery

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"careshare/reports/delivery/mailtest"
)

// mailTo is the way to a test's server.
func mailTo(s *mailtest.Server) Mail {
	return Mail{Server: s.Address, From: "careshare@council.example", CAFile: s.CAFile, Domains: []string{"council.example"}, Timeout: 5 * time.Second}
}

// pack is a delivery of an aggregate report to one address of mail.
func pack(t *testing.T, m Mail, id string) (Delivery, []string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "managers-pack.html")
	if err := os.WriteFile(file, []byte(strings.Repeat("<p>Figures</p>\n", 4000)), 0o600); err != nil {
		t.Fatal(err)
	}
	to := Handover{Recipient: "managers", Address: "managers@council.example", WithFiles: true, State: Waiting}
	to.MessageID = m.MessageID(id, to.Address)
	return Delivery{ID: id, At: theDay, Report: "managers-pack", Subject: "careshare: the managers' pack", Lines: []string{"The pack is attached."},
		Place: "/lake/snapshots/x/reports/managers-pack", To: []Handover{to}}, []string{file}
}

var theDay = time.Date(2026, 11, 2, 7, 0, 0, 0, time.UTC)

// hands is a spool with its clock and its ways out.
type hands struct {
	*testing.T
	spool *Spool
	now   time.Time
	mail  Mail
}

func (h *hands) send() []Delivery {
	h.Helper()
	tried, err := h.spool.Send(h.Context(), func() time.Time { return h.now }, Carriers{Mail: h.mail.Send, Folder: ToFolder}, Retries{Attempts: 4, After: 5 * time.Minute})
	if err != nil {
		h.Fatal(err)
	}
	return tried
}

func (h *hands) add(d Delivery, paths []string) {
	h.Helper()
	if err := h.spool.Add(d, paths); err != nil {
		h.Fatal(err)
	}
}

func spooled(t *testing.T, m Mail) *hands {
	return &hands{T: t, spool: OpenSpool(filepath.Join(t.TempDir(), "deliveries"), false), now: theDay, mail: m}
}
