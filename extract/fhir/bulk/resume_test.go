package bulk

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

func TestABrokenDownloadIsTakenUp(t *testing.T) {
	s := newServer(t)
	o := s.options()
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		return strings.HasSuffix(r.URL.Path, "/c1") && answer(w, http.StatusServiceUnavailable, "transient")
	}
	if _, err := Fetch(t.Context(), o); err == nil || s.deleted != 0 {
		t.Fatalf("got %v, deleted %d", err, s.deleted)
	}
	if got := list(t, o.To+".partial"); got != "Patient.0.ndjson.gz Patient.1.ndjson job.json" {
		t.Errorf("the partial folder holds %s", got)
	}
	if err := os.WriteFile(o.To+".partial/Patient.1.ndjson", []byte("{}\n{"), 0o600); err != nil { // a crash, and the disk lost a page
		t.Fatal(err)
	}
	s.fault, s.requests = nil, nil
	fetch(t, s, o)
	if s.kickOffs != 1 || s.asked("GET /files/2/p1") != 0 || s.asked("GET /files/2/p2") != 1 {
		t.Errorf("%d kick-offs, asked %q", s.kickOffs, s.requests)
	}
}

func TestAChangedExportIsNotMixed(t *testing.T) {
	s := newServer(t)
	o := s.options()
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		return strings.HasSuffix(r.URL.Path, "/c1") && answer(w, http.StatusServiceUnavailable, "transient")
	}
	if _, err := Fetch(t.Context(), o); err == nil {
		t.Fatal("no error")
	}
	s.fault = nil
	s.manifest["transactionTime"] = "2026-11-01T00:00:00Z"
	s.files["p1"] = pack("{\"id\":\"new\"}\n{\"id\":\"newer\"}\n")
	if result := fetch(t, s, o); result.TransactionTime != "2026-11-01T00:00:00Z" || s.kickOffs != 2 {
		t.Errorf("%+v after %d kick-offs", result, s.kickOffs)
	}
	content, err := os.ReadFile(o.To + "/Patient.0.ndjson.gz")
	if err != nil || string(content) != string(s.files["p1"]) {
		t.Errorf("a file of the older export stayed: %v", err)
	}
}

func TestAnExportOfAnotherScopeIsNotTakenUp(t *testing.T) {
	s := newServer(t)
	o := s.options()
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		return strings.HasSuffix(r.URL.Path, "/c1") && answer(w, http.StatusServiceUnavailable, "transient")
	}
	if _, err := Fetch(t.Context(), o); err == nil {
		t.Fatal("no error")
	}
	s.fault, o.Level = nil, Patient
	if fetch(t, s, o); s.kickOffs != 2 || s.deleted != 2 {
		t.Errorf("%d kick-offs, %d deleted", s.kickOffs, s.deleted)
	}
}

func TestAnExportOfAnotherTimeIsNotTakenUp(t *testing.T) {
	s := newServer(t)
	o := s.options()
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		return strings.HasSuffix(r.URL.Path, "/c1") && answer(w, http.StatusServiceUnavailable, "transient")
	}
	if _, err := Fetch(t.Context(), o); err == nil {
		t.Fatal("no error")
	}
	s.fault = nil
	if err := writeJSON(o.State, state{Scope: o.scope(), TransactionTime: "2026-10-01T00:00:00Z"}); err != nil {
		t.Fatal(err)
	}
	if result := fetch(t, s, o); s.kickOffs != 2 || result.Since != "2026-10-01T00:00:00Z" {
		t.Errorf("%+v after %d kick-offs", result, s.kickOffs)
	}
}

func TestAnEndedAddressIsNotAsked(t *testing.T) {
	s := newServer(t)
	s.busy = 0
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		if s.age == 0 && strings.HasPrefix(r.URL.Path, "/status/") {
			w.Header().Set("Expires", s.clock.now().Add(-time.Second).Format(http.TimeFormat))
		}
		return false
	}
	if fetch(t, s, s.options()); s.asked("GET /files/1/") != 0 {
		t.Errorf("asked %q", s.requests)
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	if err := sleep(ctx, time.Nanosecond); err != nil {
		t.Error(err)
	}
	cancel()
	if err := sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestADamagedStateIsRefused(t *testing.T) {
	s := newServer(t)
	o := s.options()
	if err := os.WriteFile(o.State, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Fetch(t.Context(), o); err == nil || s.kickOffs != 0 {
		t.Errorf("got %v", err)
	}
}
