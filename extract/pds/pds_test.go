package pds_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"careshare/extract/pds"
)

// service answers as the published OpenAPI of PDS says, from a few synthetic patients.
type service struct {
	t        testing.TB
	key      *rsa.PublicKey
	url      string
	mu       sync.Mutex
	granted  int
	valid    string
	searches []string
	faults   func() int // the status of a fault; 0: none
	seen     []string   // X-Request-ID
}

const sensitive = `"meta":{"security":[{"code":"R"}]},`

// record is a synthetic patient of the 999 range.
func record(id, extra string) string {
	return fmt.Sprintf(`{"resourceType":"Patient",%s"id":%q,"birthDate":"2015-04-03","address":[{"postalCode":"XX1 1XX"}]}`, extra, id)
}

func bundle(score string, patients ...string) string {
	var entries []string
	for _, p := range patients {
		entries = append(entries, fmt.Sprintf(`{"search":{%s},"resource":%s}`, score, p))
	}
	return fmt.Sprintf(`{"resourceType":"Bundle","type":"searchset","total":%d,"entry":[%s]}`, len(patients), strings.Join(entries, ","))
}

func outcome(code string) string {
	return fmt.Sprintf(`{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"x","details":{"coding":[{"code":%q}]},"diagnostics":"canary-name"}]}`, code)
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults != nil {
		switch status := s.faults(); status {
		case 0:
		case 1:
			panic(http.ErrAbortHandler)
		case 2:
			fmt.Fprint(w, `{"resourceType":`)
			return
		default:
			w.Header().Set("Retry-After", "2")
			w.WriteHeader(status)
			fmt.Fprint(w, outcome("SERVICE_UNAVAILABLE"))
			return
		}
	}
	if r.URL.Path == "/oauth2/token" {
		s.token(w, r)
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+s.valid {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, outcome("ACCESS_DENIED"))
		return
	}
	s.seen = append(s.seen, r.Header.Get("X-Request-ID"))
	if id, isRead := strings.CutPrefix(r.URL.Path, "/R4/Patient/"); isRead {
		s.read(w, id)
		return
	}
	s.search(w, r)
}

func (s *service) token(w http.ResponseWriter, r *http.Request) {
	claims := jwt.MapClaims{}
	token, err := jwt.ParseWithClaims(r.FormValue("client_assertion"), claims, func(*jwt.Token) (any, error) { return s.key, nil },
		jwt.WithValidMethods([]string{"RS512"}), jwt.WithAudience(s.url+"/oauth2/token"), jwt.WithIssuer("api-key"), jwt.WithExpirationRequired())
	_, audIsText := claims["aud"].(string)
	expires, _ := claims.GetExpirationTime()
	if err != nil || !audIsText || token.Header["kid"] != "key-1" || claims["sub"] != "api-key" || claims["jti"] == "" || time.Until(expires.Time) > 5*time.Minute {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_request","error_description":"canary-name"}`)
		return
	}
	s.granted++
	s.valid = fmt.Sprintf("token-%d", s.granted)
	fmt.Fprintf(w, `{"access_token":%q,"expires_in":"599","token_type":"Bearer"}`, s.valid)
}

func (s *service) read(w http.ResponseWriter, id string) {
	switch id {
	case "9990000018":
		fmt.Fprint(w, record("9990000018", ""))
	case "9990000026": // superseded
		fmt.Fprint(w, record("9990000018", ""))
	case "9990000034":
		fmt.Fprint(w, record("9990000034", sensitive))
	case "9990000042":
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, outcome("INVALIDATED_RESOURCE"))
	default:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, outcome("RESOURCE_NOT_FOUND"))
	}
}

func (s *service) search(w http.ResponseWriter, r *http.Request) {
	s.searches = append(s.searches, r.URL.RawQuery)
	switch r.FormValue("family") {
	case "One":
		fmt.Fprint(w, bundle(`"score":1`, record("9990000018", "")))
	case "Low":
		fmt.Fprint(w, bundle(`"score":0.9`, record("9990000018", "")))
	case "Unscored":
		fmt.Fprint(w, bundle(``, record("9990000018", "")))
	case "Two":
		fmt.Fprint(w, bundle(`"score":1`, record("9990000018", ""), record("9990000034", "")))
	case "Many":
		fmt.Fprint(w, outcome("TOO_MANY_MATCHES"))
	case "Sensitive":
		fmt.Fprint(w, bundle(`"score":1`, record("9990000034", sensitive)))
	case "Labelled":
		fmt.Fprint(w, bundle(`"score":1`, record("9990000034", `"meta":{"security":[{"code":"NEW"}]},`)))
	case "Redacted":
		fmt.Fprint(w, bundle(`"score":1`, record("9990000034", `"meta":{"security":[{"code":"REDACTED"}]},`)))
	case "Broken":
		fmt.Fprint(w, bundle(`"score":1`, record("1234567890", "")))
	case "Refused":
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, outcome("INVALID_SEARCH_DATA"))
	default:
		fmt.Fprint(w, bundle(``))
	}
}

// start runs the service, and a client whose clock goes on only while it waits.
func start(t testing.TB) (*service, *pds.Client, *time.Duration) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s := &service{t: t, key: &key.PublicKey}
	server := httptest.NewTLSServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL
	folder := t.TempDir()
	keyFile, caFile := filepath.Join(folder, "key.pem"), filepath.Join(folder, "ca.pem")
	files := map[string]*pem.Block{
		keyFile: {Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}, caFile: {Type: "CERTIFICATE", Bytes: server.Certificate().Raw},
	}
	for path, block := range files {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	waited, ids := new(time.Duration), 0
	begun := time.Now()
	client, err := pds.New(pds.Options{
		Base: s.url + "/R4", TokenURL: s.url + "/oauth2/token", ClientID: "api-key", KeyID: "key-1", KeyFile: keyFile, CAFile: caFile, PerSecond: 5,
		Now:  func() time.Time { return begun.Add(*waited) },
		Wait: func(_ context.Context, d time.Duration) error { *waited += d; return nil },
		ID:   func() (string, error) { ids++; return fmt.Sprintf("id-%d", ids), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return s, client, waited
}

func person(family string) pds.Query {
	return pds.Query{FamilyName: family, GivenName: "Test", BirthDate: "2015-04-03"}
}

func numbered(number, born string) pds.Query {
	return pds.Query{NHSNumber: number, FamilyName: "One", GivenName: "Test", BirthDate: born}
}

func TestAnswersFollowTheTraceRules(t *testing.T) {
	t.Parallel()
	s, client, _ := start(t)
	for name, c := range map[string]struct {
		query pds.Query
		want  pds.Answer
	}{
		"one match":                   {person("One"), pds.Answer{Code: "00", NHSNumber: "9990000018", Score: 1}},
		"a low score":                 {person("Low"), pds.Answer{Code: "97"}},
		"no score":                    {person("Unscored"), pds.Answer{Code: "97"}},
		"two matches":                 {person("Two"), pds.Answer{Code: "97"}},
		"too many":                    {person("Many"), pds.Answer{Code: "97"}},
		"nobody":                      {person("None"), pds.Answer{Code: "98"}},
		"sensitive":                   {person("Sensitive"), pds.Answer{Code: "92", NHSNumber: "9990000034", Score: 1}},
		"a label that is not known":   {person("Labelled"), pds.Answer{Code: "92", NHSNumber: "9990000034", Score: 1}},
		"redacted":                    {person("Redacted"), pds.Answer{Code: "91"}},
		"no birth date":               {pds.Query{FamilyName: "One", GivenName: "Test"}, pds.Answer{Code: "96"}},
		"a number":                    {numbered("9990000018", "2015-04-03"), pds.Answer{Code: "00", NHSNumber: "9990000018", Score: 1}},
		"a number of somebody else":   {numbered("9990000018", "1950-01-01"), pds.Answer{Code: "98"}},
		"a superseded number":         {numbered("9990000026", "2015-04-03"), pds.Answer{Code: "90", NHSNumber: "9990000018", Score: 1}},
		"a sensitive person's number": {numbered("9990000034", "2015-04-03"), pds.Answer{Code: "92", NHSNumber: "9990000034", Score: 1}},
		"an invalidated number":       {numbered("9990000042", "2015-04-03"), pds.Answer{Code: "91"}},
		"an unknown number":           {numbered("9990000069", "2015-04-03"), pds.Answer{Code: "98"}},
	} {
		got, err := client.Lookup(context.Background(), c.query)
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, c.want)
		}
	}
	for _, query := range s.searches {
		for _, banned := range []string{"postal", "postcode", "gender", "practitioner", "_fuzzy-match=true"} {
			if strings.Contains(query, banned) {
				t.Errorf("a search has %s", banned)
			}
		}
		if !strings.Contains(query, "_max-results=1") || !strings.Contains(query, "birthdate=eq2015-04-03") {
			t.Error("a search is not strict")
		}
	}
	if s.granted != 1 {
		t.Errorf("%d tokens were bought for one run", s.granted)
	}
}

func TestOneRequestAPerson(t *testing.T) {
	t.Parallel()
	s, client, waited := start(t)
	for range 20 {
		if _, err := client.Lookup(context.Background(), person("One")); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.seen) != 20 {
		t.Errorf("%d requests for 20 people", len(s.seen))
	}
	ids := map[string]bool{}
	for _, id := range s.seen {
		ids[id] = true
	}
	if len(ids) != 20 {
		t.Errorf("%d request ids for 20 requests", len(ids))
	}
	if *waited < 19*200*time.Millisecond { // at 5 a second
		t.Errorf("waited %s", *waited)
	}
}

func TestRefusalsNameNobody(t *testing.T) {
	t.Parallel()
	_, client, _ := start(t)
	for _, family := range []string{"Refused", "Broken"} {
		_, err := client.Lookup(context.Background(), pds.Query{FamilyName: family, GivenName: "canary-name", BirthDate: "2015-04-03"})
		if err == nil || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "2015") {
			t.Errorf("%s: %v", family, err)
		}
	}
	lost, err := pds.New(pds.Options{})
	if err == nil || lost != nil || !strings.Contains(err.Error(), "token_url") {
		t.Errorf("no options: %v", err)
	}
}

func TestATokenThatExpiredIsReplaced(t *testing.T) {
	t.Parallel()
	s, client, _ := start(t)
	for range 2 {
		if _, err := client.Lookup(context.Background(), person("One")); err != nil {
			t.Fatal(err)
		}
		s.mu.Lock()
		s.valid = "revoked"
		s.mu.Unlock()
	}
	if s.granted != 2 {
		t.Errorf("%d tokens", s.granted)
	}
}

// A lookup ends with the right answer or with an error that names nobody, whatever fails on the way.
func TestFaultsGiveNoWrongAnswer(t *testing.T) {
	t.Parallel()
	s, client, _ := start(t)
	dice, faults, answered := mathrand.New(mathrand.NewPCG(1, 2)), 0, 0
	s.faults = func() int {
		if dice.IntN(3) > 0 {
			return 0
		}
		faults++
		return []int{1, 2, 429, 500, 502, 503, 504}[dice.IntN(7)]
	}
	for faults < 300 {
		got, err := client.Lookup(context.Background(), person("One"))
		switch {
		case err == nil && got != (pds.Answer{Code: "00", NHSNumber: "9990000018", Score: 1}):
			t.Fatalf("wrong answer %+v", got)
		case err == nil:
			answered++
		case strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "family"):
			t.Fatalf("an error names somebody: %v", err)
		}
	}
	if answered == 0 {
		t.Error("nothing was answered")
	}
}
