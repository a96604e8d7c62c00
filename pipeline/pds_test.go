package pipeline

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"careshare/pipeline/exit"
)

// TestUrgentChildrenAreLookedUp looks the newest children of the demo up in a PDS that finds everybody, and shows that the
// next run takes the answers by the trace rules. Only people of the trace request are asked about, one request each.
func TestUrgentChildrenAreLookedUp(t *testing.T) {
	t.Parallel()
	w := traced(t)
	w.runAt(t, asAt)
	var asked atomic.Int64
	server := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/token":
			fmt.Fprint(rw, `{"access_token":"t","expires_in":"599"}`)
		case strings.HasPrefix(r.URL.Path, "/R4/Patient/"):
			asked.Add(1)
			rw.WriteHeader(http.StatusNotFound)
			fmt.Fprint(rw, `{"resourceType":"OperationOutcome","issue":[{"details":{"coding":[{"code":"RESOURCE_NOT_FOUND"}]}}]}`)
		default:
			n := asked.Add(1)
			fmt.Fprintf(rw, `{"resourceType":"Bundle","entry":[{"search":{"score":1},"resource":{"resourceType":"Patient","id":%q}}]}`, spareNumber(int(n)))
		}
	}))
	t.Cleanup(server.Close)
	w.configurePDS(t, server)
	w.now = func() time.Time { return time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC) }

	if code := w.run("pds", "--config", w.config()); code != exit.Done {
		t.Fatalf("pds ended with %d: %s", code, w.stderr)
	}
	answers := filepath.Join(w.folder, "trace", "inbox", "pds_20261101T070000Z.csv")
	text, err := os.ReadFile(answers)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if int64(len(lines)-1) != asked.Load() || asked.Load() == 0 {
		t.Errorf("%d requests for %d people", asked.Load(), len(lines)-1)
	}
	_, request := w.asked(t)
	for _, line := range lines[1:] {
		reference, _, _ := strings.Cut(line, ",")
		found := false
		for _, asked := range request {
			found = found || asked["UNIQUE REFERENCE"] == reference
		}
		if !found {
			t.Error("somebody was looked up whom the trace rules did not select")
		}
	}
	before := asked.Load()
	if code := w.run("pds", "--config", w.config()); code != exit.Done || asked.Load() != before || !strings.Contains(w.stdout, "nobody to look up") {
		t.Errorf("a second look-up ended with %d after %d requests: %s", code, asked.Load()-before, w.stdout)
	}
	w.runAt(t, nextDay)
	taken := w.query(t, "select count(*) from read_parquet("+w.refined("trace_answers")+") where file like 'pds\\_%' escape '\\' and refused_as is null")
	if taken[0][0] != fmt.Sprint(len(lines)-1) {
		t.Errorf("the run took %s of %d answers", taken[0][0], len(lines)-1)
	}
}

func TestThePDSLookUpIsOffByDefault(t *testing.T) {
	t.Parallel()
	w := demo(t)
	if code := w.run("pds", "--config", w.config()); code != exit.WrongUsage || !strings.Contains(w.stderr, "the look-up is off") {
		t.Errorf("ended with %d: %s", code, w.stderr)
	}
}

func (w world) configurePDS(t *testing.T, server *httptest.Server) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	blocks := map[string]*pem.Block{
		"pds.pem": {Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}, "pds-ca.pem": {Type: "CERTIFICATE", Bytes: server.Certificate().Raw},
	}
	for name, block := range blocks {
		if err := os.WriteFile(filepath.Join(w.folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(w.config())
	if err != nil {
		t.Fatal(err)
	}
	text = fmt.Appendf(text, "\npds: {url: %q, token_url: %q, client_id: k, key_id: k1, key_file: pds.pem, ca_file: pds-ca.pem, per_second: 50, urgent_days: 366}\n",
		server.URL+"/R4", server.URL+"/token")
	if err := os.WriteFile(w.config(), text, 0o600); err != nil {
		t.Fatal(err)
	}
}
