package bulk

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// canary stands for what no error and no log may repeat.
const canary = "CANARY-9990000018"

// clock is a time that only sleeping moves on.
type clock struct {
	mu    sync.Mutex
	at    time.Time
	slept []time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

// server is a Bulk Data server that keeps to the standard, but for what fault does.
type server struct {
	*httptest.Server
	t     *testing.T
	clock *clock
	key   *ecdsa.PrivateKey

	mu       sync.Mutex
	fault    func(w http.ResponseWriter, r *http.Request) bool // true: it has answered
	manifest map[string]any
	files    map[string][]byte
	secret   bool     // files want a token
	busy     int      // polls before the manifest
	age      int      // of the addresses: a new one makes the older end
	requests []string // method, path and query, in order
	bodies   []string // of the kick-offs
	kickOffs int
	deleted  int
	assertOf map[string]bool // ids of assertions seen
	token    string          // the only good one; empty: none is wanted
	tokens   int
}

func newServer(t *testing.T) *server {
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, key: key, busy: 2, assertOf: map[string]bool{}, clock: &clock{at: time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC)},
		files: map[string][]byte{
			"p1": pack("{\"resourceType\":\"Patient\",\"id\":\"1\"}\n{\"resourceType\":\"Patient\",\"id\":\"2\"}\n"),
			"p2": []byte("{\"resourceType\":\"Patient\",\"id\":\"3\"}"),
			"c1": pack("{\"resourceType\":\"Condition\",\"id\":\"1\"}\n"),
			"d1": []byte("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/9\"}}]}\n"),
			"e1": []byte("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"information\",\"code\":\"informational\"}]}\n"),
		}}
	s.manifest = map[string]any{
		"transactionTime": "2026-10-31T23:00:00.123+00:00", "request": "https://sender.example/fhir/$export", "requiresAccessToken": false,
		"output":  []any{s.entry("Patient", "p1", 2), s.entry("Patient", "p2", 1), map[string]any{"type": "Condition", "url": "/files/{age}/c1"}},
		"deleted": []any{s.entry("Bundle", "d1", 1)}, "error": []any{s.entry("OperationOutcome", "e1", 1)},
		"extension": map[string]any{"https://sender.example/extra": true},
	}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(s.serve))
	s.Server.Config.ErrorLog = nil
	t.Cleanup(s.Close)
	return s
}

func (s *server) entry(kind, name string, count int) map[string]any {
	return map[string]any{"type": kind, "url": "/files/{age}/" + name, "count": count}
}

func pack(text string) []byte {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return packed.Bytes()
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r.Method+" "+r.URL.RequestURI())
	if s.fault != nil && s.fault(w, r) {
		return
	}
	path := r.URL.Path
	isFile := strings.HasPrefix(path, "/files/")
	switch {
	case strings.HasSuffix(path, "/.well-known/smart-configuration"):
		fmt.Fprintf(w, `{"token_endpoint":%q}`, s.URL+"/token")
	case path == "/token":
		s.authorise(w, r)
	case isFile && !s.secret && r.Header.Get("Authorization") != "":
		s.t.Error("a token was shown where none is wanted")
		w.WriteHeader(http.StatusBadRequest)
	case s.token != "" && (!isFile || s.secret) && r.Header.Get("Authorization") != "Bearer "+s.token:
		refuse(w, http.StatusUnauthorized, "login")
	case strings.HasSuffix(path, "/$export"):
		s.begin(w, r)
	case strings.HasPrefix(path, "/status/"):
		s.status(w, r)
	case isFile:
		s.file(w, r)
	default:
		refuse(w, http.StatusNotFound, "not-found")
	}
}

// refuse answers with an OperationOutcome whose text must go nowhere.
func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/fhir+json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":%q,"diagnostics":%q}]}`, code, canary)
}

func (s *server) authorise(w http.ResponseWriter, r *http.Request) {
	var claims jwt.RegisteredClaims
	token, err := jwt.ParseWithClaims(r.FormValue("client_assertion"), &claims, func(*jwt.Token) (any, error) { return &s.key.PublicKey, nil },
		jwt.WithValidMethods([]string{"ES384"}), jwt.WithAudience(s.URL+"/token"), jwt.WithIssuer("us"), jwt.WithSubject("us"),
		jwt.WithExpirationRequired(), jwt.WithTimeFunc(s.clock.now))
	switch {
	case err != nil:
		s.t.Errorf("assertion: %v", err)
	case token.Header["kid"] != "key-1" || token.Header["typ"] != "JWT" || s.assertOf[claims.ID] || claims.ExpiresAt.Sub(s.clock.now()) > 5*time.Minute:
		s.t.Errorf("assertion %v %v", token.Header, claims)
	case r.FormValue("grant_type") != "client_credentials" || r.FormValue("scope") != "system/*.rs" ||
		r.FormValue("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer":
		s.t.Errorf("token request %v", r.Form)
	}
	s.assertOf[claims.ID] = true
	s.tokens++
	s.token = "token-" + strconv.Itoa(s.tokens)
	fmt.Fprintf(w, `{"access_token":%q,"token_type":"bearer","expires_in":300,"scope":"system/*.rs"}`, s.token)
}

func (s *server) begin(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Prefer") != "respond-async" || r.Header.Get("Accept") != "application/fhir+json" {
		s.t.Errorf("kick-off headers %v", r.Header)
	}
	var body bytes.Buffer
	_, _ = body.ReadFrom(r.Body)
	s.bodies = append(s.bodies, body.String())
	s.kickOffs++
	w.Header().Set("Content-Location", "/status/"+strconv.Itoa(s.kickOffs))
	w.WriteHeader(http.StatusAccepted)
}

func (s *server) status(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodDelete:
		s.deleted++
		w.WriteHeader(http.StatusAccepted)
	case s.busy > 0:
		s.busy--
		w.Header().Set("X-Progress", "50%")
		w.WriteHeader(http.StatusAccepted)
	default:
		s.age++
		text, _ := json.Marshal(s.manifest)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(bytes.ReplaceAll(text, []byte("{age}"), []byte(strconv.Itoa(s.age))))
	}
}

func (s *server) file(w http.ResponseWriter, r *http.Request) {
	part := strings.Split(r.URL.Path, "/")
	content, ok := s.files[part[len(part)-1]]
	if !ok || part[2] != strconv.Itoa(s.age) {
		refuse(w, http.StatusGone, "expired")
		return
	}
	if bytes.HasPrefix(content, []byte("\x1f\x8b")) {
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.Header().Set("Content-Type", "application/fhir+ndjson")
	_, _ = w.Write(content)
}

// asked counts the requests that begin with prefix.
func (s *server) asked(prefix string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, request := range s.requests {
		if strings.HasPrefix(request, prefix) {
			n++
		}
	}
	return n
}

// options is a sound export of everything.
func (s *server) options() Options {
	folder := s.t.TempDir()
	ca := filepath.Join(folder, "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return Options{Base: s.URL + "/fhir", Level: System, To: filepath.Join(folder, "export"), State: filepath.Join(folder, "state.json"), CAFile: ca,
		Now: s.clock.now, Sleep: s.clock.sleep, Random: func() float64 { return 0.5 }}
}

// authorised is options with a key that the server knows.
func (s *server) authorised() Options {
	o := s.options()
	s.token = "none yet"
	der, err := x509.MarshalPKCS8PrivateKey(s.key)
	if err != nil {
		s.t.Fatal(err)
	}
	path := filepath.Join(filepath.Dir(o.To), "key.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		s.t.Fatal(err)
	}
	o.Auth = &Auth{ClientID: "us", KeyID: "key-1", KeyFile: path, Scope: "system/*.rs"}
	return o
}
