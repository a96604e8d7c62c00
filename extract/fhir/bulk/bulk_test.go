package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// fetched is what every sound export of the test's server brings.
const fetched = "Condition.0.ndjson.gz Patient.0.ndjson.gz Patient.1.ndjson deleted.0.ndjson error.0.ndjson manifest.json"

func list(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
		if info, err := entry.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", entry.Name(), info, err)
		}
	}
	return strings.Join(names, " ")
}

// fetch runs an export that must succeed and leave nothing else behind.
func fetch(t *testing.T, s *server, o Options) Result {
	t.Helper()
	result, err := Fetch(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got := list(t, o.To); got != fetched {
		t.Errorf("the folder holds %s", got)
	}
	if _, err := os.Stat(o.To + ".partial"); err == nil {
		t.Error("the partial folder was left")
	}
	if result.Resources != 4 || result.Deleted != 1 || result.Files != 4 {
		t.Errorf("%+v", result)
	}
	if s.deleted == 0 {
		t.Error("the export was not deleted on the server")
	}
	return result
}

func readManifest(t *testing.T, o Options) (m Manifest) {
	t.Helper()
	if err := readJSON(filepath.Join(o.To, "manifest.json"), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestFetch(t *testing.T) {
	s := newServer(t)
	o := s.options()
	result := fetch(t, s, o)
	if result.Partial || result.Since != "" || result.Outcomes["information informational"] != 1 {
		t.Errorf("%+v", result)
	}
	m := readManifest(t, o)
	var files []string
	for _, entry := range m.entries() {
		files = append(files, fmt.Sprint(entry.Type, " ", entry.URL, " ", *entry.Count))
	}
	want := []string{"Patient Patient.0.ndjson.gz 2", "Patient Patient.1.ndjson 1", "Condition Condition.0.ndjson.gz 1", "Bundle deleted.0.ndjson 1", "OperationOutcome error.0.ndjson 1"}
	if !slices.Equal(files, want) || m.TransactionTime != "2026-10-31T23:00:00.123+00:00" || len(m.Extension) == 0 || *m.RequiresAccessToken || m.Request == "" {
		t.Errorf("%q, %+v", files, m)
	}
	if info, err := os.Stat(o.To); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := Fetch(t.Context(), o); err == nil || s.kickOffs != 1 {
		t.Errorf("a second export into the same folder: %v", err)
	}
}

func TestTheNextExportAsksWhatChanged(t *testing.T) {
	s := newServer(t)
	o := s.options()
	fetch(t, s, o)
	o.To += "-2"
	if result := fetch(t, s, o); result.Since != "2026-10-31T23:00:00.123+00:00" {
		t.Errorf("since %q", result.Since)
	}
	if s.asked("GET /fhir/$export?_since=2026-10-31T23%3A00%3A00.123%2B00%3A00") != 1 {
		t.Errorf("asked %q", s.requests)
	}
	o.To, o.Types = o.To+"-3", []string{"Patient"}
	if result := fetch(t, s, o); result.Since != "" {
		t.Errorf("of another scope, only what changed since %q was asked for", result.Since)
	}
}

// Where nothing has changed nothing is downloaded and no folder is left, but the next export asks from the later time.
func TestNothingNew(t *testing.T) {
	s := newServer(t)
	o := s.options()
	fetch(t, s, o)
	o.To += "-2"
	s.manifest["transactionTime"], s.manifest["output"], s.manifest["deleted"], s.manifest["error"] = "2026-11-01T23:00:00Z", []any{}, []any{}, []any{}
	for _, since := range []string{"2026-10-31T23:00:00.123+00:00", "2026-11-01T23:00:00Z"} {
		result, err := Fetch(t.Context(), o)
		if err != nil || result.Folder != "" || result.Files != 0 || result.Since != since {
			t.Errorf("%+v, %v", result, err)
		}
	}
	if left, _ := filepath.Glob(o.To + "*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestKickOff(t *testing.T) {
	for name, c := range map[string]struct {
		change        func(*Options)
		request, body string
	}{
		"system":       {func(*Options) {}, "GET /fhir/$export", ""},
		"patients":     {func(o *Options) { o.Level, o.Types = Patient, []string{"Patient", "Condition"} }, "GET /fhir/Patient/$export?_type=Patient%2CCondition", ""},
		"group":        {func(o *Options) { o.Level, o.GroupID = Group, "a/b" }, "GET /fhir/Group/a%2Fb/$export", ""},
		"type filters": {func(o *Options) { o.TypeFilters = []string{"Condition?code=1", "Patient?active=true"} }, "GET /fhir/$export?_typeFilter=Condition%3Fcode%3D1&_typeFilter=Patient%3Factive%3Dtrue", ""},
		"patient list": {func(o *Options) { o.Level, o.Patients, o.Types = Patient, []string{"7", "8"}, []string{"Patient"} }, "POST /fhir/Patient/$export",
			`{"resourceType":"Parameters","parameter":[{"name":"patient","valueReference":{"reference":"Patient/7"}},{"name":"patient","valueReference":{"reference":"Patient/8"}},{"name":"_type","valueString":"Patient"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			o := s.options()
			c.change(&o)
			fetch(t, s, o)
			if s.requests[0] != c.request || s.bodies[0] != c.body {
				t.Errorf("asked %s with %s", s.requests[0], s.bodies[0])
			}
		})
	}
}

func TestSinceInAPatientList(t *testing.T) {
	o := Options{Patients: []string{"7"}, TypeFilters: []string{"Condition?code=1"}}
	body, err := json.Marshal(o.parameters("2026-10-31T23:00:00Z"))
	want := `{"resourceType":"Parameters","parameter":[{"name":"patient","valueReference":{"reference":"Patient/7"}},{"name":"_since","valueInstant":"2026-10-31T23:00:00Z"},{"name":"_typeFilter","valueString":"Condition?code=1"}]}`
	if err != nil || string(body) != want {
		t.Errorf("%s, %v", body, err)
	}
}

func TestPollingWaits(t *testing.T) {
	s := newServer(t)
	s.busy = 12
	polls := 0
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/status/") {
			polls++
			switch polls {
			case 1:
				w.Header().Set("Retry-After", "120")
			case 2:
				w.Header().Set("Retry-After", s.clock.now().Add(90*time.Second).Format(http.TimeFormat))
			case 3:
				w.Header().Set("Retry-After", "99999999")
			}
		}
		return false
	}
	fetch(t, s, s.options())
	want := []time.Duration{2 * time.Minute, 90 * time.Second, time.Hour, 12 * time.Second, 24 * time.Second, 48 * time.Second,
		96 * time.Second, 192 * time.Second, 225 * time.Second, 225 * time.Second, 225 * time.Second, 225 * time.Second}
	if !slices.Equal(s.clock.slept, want) {
		t.Errorf("slept %v", s.clock.slept)
	}
}

func TestPollingEnds(t *testing.T) {
	s := newServer(t)
	s.busy = 1 << 30
	o := s.options()
	if _, err := Fetch(t.Context(), o); err == nil || !strings.Contains(err.Error(), "no manifest within 24h") {
		t.Errorf("got %v", err)
	}
	s.busy = 0
	if fetch(t, s, o); s.kickOffs != 1 {
		t.Errorf("the export in work was not taken up: %d kick-offs", s.kickOffs)
	}
}

func TestPages(t *testing.T) {
	s := newServer(t)
	whole := s.manifest
	first := map[string]any{}
	for name, value := range whole {
		first[name] = value
	}
	first["output"] = whole["output"].([]any)[:1]
	first["link"] = []any{map[string]any{"relation": "self", "url": "/status/1"}, map[string]any{"relation": "next", "url": "/status/1/page2"}}
	first["deleted"], first["error"] = nil, []any{}
	second := map[string]any{}
	for name, value := range whole {
		second[name] = value
	}
	second["output"] = whole["output"].([]any)[1:]
	s.fault = func(_ http.ResponseWriter, r *http.Request) bool {
		s.manifest = first
		if strings.HasSuffix(r.URL.Path, "/page2") {
			s.manifest = second
			s.age-- // one export, one age
		} else if strings.HasPrefix(r.URL.Path, "/status/") && r.Method == http.MethodGet && s.busy == 0 {
			s.busy = -1 // the second page is in work once
		}
		return false
	}
	o := s.options()
	fetch(t, s, o)
	if m := readManifest(t, o); len(m.Link) != 0 {
		t.Errorf("links %v", m.Link)
	}
	second["transactionTime"] = "2026-11-01T00:00:00Z"
	o.To += "-2"
	if _, err := Fetch(t.Context(), o); !errors.Is(err, errStale) {
		t.Errorf("pages that disagree: %v", err)
	}
	second["transactionTime"], second["link"] = whole["transactionTime"], first["link"]
	if _, err := Fetch(t.Context(), o); err == nil || !strings.Contains(err.Error(), "pages do not end") {
		t.Errorf("pages in a ring: %v", err)
	}
}

func TestAPartialExportDoesNotMoveTheStart(t *testing.T) {
	s := newServer(t)
	o := s.options()
	fetch(t, s, o)
	s.files["e1"] = []byte(`{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing"}]}` + "\n" + `{"issue":[]}`)
	s.manifest["error"] = []any{s.entry("OperationOutcome", "e1", 2)}
	s.manifest["transactionTime"] = "2026-11-01T00:00:00Z"
	o.To += "-2"
	result := fetch(t, s, o)
	if !result.Partial || result.Outcomes["error processing"] != 1 || result.Outcomes["error unknown"] != 1 {
		t.Errorf("%+v", result)
	}
	var left state
	if err := readJSON(o.State, &left); err != nil || left.TransactionTime != "2026-10-31T23:00:00.123+00:00" {
		t.Errorf("state %+v, %v", left, err)
	}
}

func TestContinuesInFile(t *testing.T) {
	s := newServer(t)
	s.manifest["output"].([]any)[0].(map[string]any)["continuesInFile"] = "/files/{age}/p2"
	s.manifest["outputOrganizedBy"] = "Patient"
	o := s.options()
	fetch(t, s, o)
	if m := readManifest(t, o); m.Output[0].ContinuesInFile != "Patient.1.ndjson" || m.OutputOrganizedBy != "Patient" {
		t.Errorf("%+v", m.Output[0])
	}
}

func TestCancelDeletesTheExport(t *testing.T) {
	for name, path := range map[string]string{"while it waits": "/status/", "while it downloads": "/files/"} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			ctx, cancel := context.WithCancel(t.Context())
			s.fault = func(_ http.ResponseWriter, r *http.Request) bool {
				if strings.HasPrefix(r.URL.Path, path) {
					cancel()
				}
				return false
			}
			o := s.options()
			if _, err := Fetch(ctx, o); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			for _, folder := range []string{o.To, o.To + ".partial", o.State} {
				if _, err := os.Stat(folder); err == nil {
					t.Errorf("%s was left", folder)
				}
			}
			if s.deleted != 1 {
				t.Errorf("deleted %d times on the server", s.deleted)
			}
		})
	}
}
