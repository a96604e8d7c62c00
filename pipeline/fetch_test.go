package pipeline

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"careshare/pipeline/exit"
	"careshare/pipeline/flow"
)

// exportServer gives one Patient more with each export and remembers what it was asked.
type exportServer struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func newExportServer(t *testing.T) *exportServer {
	s := &exportServer{}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *exportServer) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case strings.HasSuffix(r.URL.Path, "/$export"):
		s.asked = append(s.asked, r.URL.String())
		w.Header().Set("Content-Location", s.URL+"/status")
		w.WriteHeader(http.StatusAccepted)
	case r.URL.Path == "/status" && r.Method == http.MethodGet:
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"transactionTime": fmt.Sprintf("2026-11-0%dT00:00:00Z", len(s.asked)), "request": s.URL + s.asked[len(s.asked)-1],
			"requiresAccessToken": false, "error": []any{},
			"output": []any{map[string]any{"type": "Patient", "url": s.URL + "/file/Patient.ndjson", "count": 1}},
		})
	case r.URL.Path == "/status":
		w.WriteHeader(http.StatusAccepted)
	default:
		w.Header().Set("Content-Type", "application/fhir+ndjson")
		fmt.Fprintf(w, `{"resourceType":"Patient","id":"p%d","meta":{"lastUpdated":"2026-11-01T00:00:00Z"}}`+"\n", len(s.asked))
	}
}

// A run reads what was fetched: everything the first time, then what changed, as one table.
func TestFetchThenRun(t *testing.T) {
	t.Parallel()
	server := newExportServer(t)
	w := demo(t).copyOf(t)
	ca := filepath.Join(w.folder, "ca.pem")
	mustWrite(t, ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	w.edit(t, "    folder: sources/health/community\n", fmt.Sprintf(
		"    folder: fetched\n    server: {url: %q, group: in-scope, ca_file: ca.pem}\n", server.URL))
	w.mustRun(t, exit.Done, "fetch")
	w.mustRun(t, exit.Done, "fetch", "--sender", "community", "--json")
	if !strings.Contains(w.stdout, `"since": "2026-11-01`) || strings.Contains(w.stdout, `"Folder"`) {
		t.Errorf("the result's keys are not as every other's: %s", w.stdout)
	}
	if len(server.asked) != 2 || !strings.Contains(server.asked[0], "/Group/in-scope/$export") {
		t.Fatalf("asked %v", server.asked)
	}
	if strings.Contains(server.asked[0], "_since") || !strings.Contains(server.asked[1], "_since=2026-11-01") {
		t.Errorf("the second asks for what changed, the first for all: %v", server.asked)
	}
	if strings.Contains(server.asked[0], "RelatedPerson") || !strings.Contains(server.asked[0], "Condition") {
		t.Errorf("asked for more or less than a model reads: %s", server.asked[0])
	}
	w.mustRun(t, exit.Quarantined, "run", "--as-at", asAt, "--json")
	var summary flow.Summary
	if err := json.Unmarshal([]byte(w.stdout), &summary); err != nil {
		t.Fatal(err)
	}
	for _, source := range summary.Sources {
		if source.Source == "health-community" && source.Out != 2 {
			t.Errorf("%d rows of two exports, want 2", source.Out)
		}
	}
}

func TestFetchWithoutAServer(t *testing.T) {
	t.Parallel()
	w := demo(t).copyOf(t)
	w.mustRun(t, exit.WrongUsage, "fetch")
}
