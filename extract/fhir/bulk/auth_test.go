package bulk

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func response(text []byte) *http.Response {
	return &http.Response{Body: io.NopCloser(bytes.NewReader(text)), Request: &http.Request{URL: &url.URL{Scheme: "https", Host: "sender.example"}}}
}

func TestFetchAuthorised(t *testing.T) {
	for name, secret := range map[string]bool{"files by address alone": false, "files by token": true} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.secret = secret
			s.manifest["requiresAccessToken"] = secret
			fetch(t, s, s.authorised())
			if s.tokens != 1 {
				t.Errorf("%d tokens for one short export", s.tokens)
			}
		})
	}
}

func TestTokensEnd(t *testing.T) {
	t.Run("by the clock", func(t *testing.T) {
		s := newServer(t)
		s.busy = 9 // some twelve minutes
		o := s.authorised()
		o.Auth.TokenURL = s.URL + "/token"
		fetch(t, s, o)
		if s.tokens < 2 || s.asked("GET /fhir/.well-known") != 0 {
			t.Errorf("%d tokens, asked %q", s.tokens, s.requests)
		}
	})
	t.Run("half-way, by the server's will", func(t *testing.T) {
		s := newServer(t)
		s.secret = true
		s.manifest["requiresAccessToken"] = true
		ended := false
		s.fault = func(_ http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/p2") && !ended {
				ended, s.token = true, "another"
			}
			return false
		}
		fetch(t, s, s.authorised())
		if s.tokens != 2 {
			t.Errorf("%d tokens", s.tokens)
		}
	})
	t.Run("for good", func(t *testing.T) {
		s := newServer(t)
		s.fault = func(w http.ResponseWriter, r *http.Request) bool {
			return strings.HasPrefix(r.URL.Path, "/fhir/$") && answer(w, http.StatusUnauthorized, "login")
		}
		if _, err := Fetch(t.Context(), s.authorised()); err == nil || s.asked("GET /fhir/$") != 2 {
			t.Errorf("got %v after %q", err, s.requests)
		}
	})
}

// Whatever address a server names, and wherever it sends us, only its own host is shown the token.
func TestTheTokenGoesToTheSendersHostAlone(t *testing.T) {
	for name, lure := range map[string]func(s *server, other string){
		"files of another host": func(s *server, other string) {
			s.secret = true
			s.manifest["requiresAccessToken"] = true
			s.manifest["output"] = []any{map[string]any{"type": "Patient", "url": other + "/files/1/p1"}}
		},
		"the status of another host": func(s *server, other string) {
			s.fault = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, "/$export") || r.Header.Get("Authorization") != "Bearer "+s.token {
					return false
				}
				w.Header().Set("Content-Location", other+"/status/1")
				w.WriteHeader(http.StatusAccepted)
				return true
			}
		},
		"a redirect to another port": func(s *server, other string) {
			s.fault = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasPrefix(r.URL.Path, "/status/") || r.Method != http.MethodGet {
					return false
				}
				http.Redirect(w, r, other+"/status/1", http.StatusTemporaryRedirect)
				return true
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, shown := newServer(t), false
			other := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				shown = shown || r.Header.Get("Authorization") != ""
				w.WriteHeader(http.StatusForbidden)
			}))
			defer other.Close()
			lure(s, other.URL)
			if _, err := Fetch(t.Context(), s.authorised()); err == nil || shown {
				t.Errorf("shown %v, ended with %v", shown, err)
			}
		})
	}
}

func TestTokenFaults(t *testing.T) {
	for name, c := range map[string]struct{ path, body, want string }{
		"no token":      {"/token", `{"token_type":"bearer"}`, "no bearer token"},
		"another type":  {"/token", `{"access_token":"` + canary + `","token_type":"mac"}`, "no bearer token"},
		"no JSON":       {"/token", canary, "not the JSON expected"},
		"no endpoint":   {"/fhir/.well-known/smart-configuration", `{}`, "no https URL"},
		"weak endpoint": {"/fhir/.well-known/smart-configuration", `{"token_endpoint":"http://` + canary + `"}`, "no https URL"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.fault = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == c.path {
					fmt.Fprint(w, c.body)
				}
				return r.URL.Path == c.path
			}
			_, err := Fetch(t.Context(), s.authorised())
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), canary) || s.asked("") > 2 {
				t.Errorf("got %v after %q", err, s.requests)
			}
		})
	}
}

func TestKeys(t *testing.T) {
	rsaKey := func(bits int) any { return must(rsa.GenerateKey(rand.Reader, bits)) }
	ecKey := func(curve elliptic.Curve) any { return must(ecdsa.GenerateKey(curve, rand.Reader)) }
	for name, c := range map[string]struct {
		key  any
		mode os.FileMode
		alg  string
	}{
		"RSA":           {rsaKey(2048), 0o600, "RS384"},
		"P-384":         {ecKey(elliptic.P384()), 0o400, "ES384"},
		"P-256":         {ecKey(elliptic.P256()), 0o600, ""},
		"short RSA":     {rsaKey(1024), 0o600, ""},
		"open to all":   {rsaKey(2048), 0o644, ""},
		"open to group": {rsaKey(2048), 0o640, ""},
	} {
		path := filepath.Join(t.TempDir(), "key.pem")
		text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(c.key))})
		if err := os.WriteFile(path, text, c.mode); err != nil {
			t.Fatal(err)
		}
		tokens, err := (&Auth{KeyFile: path}).tokens()
		if (err == nil) != (c.alg != "") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err != nil {
			continue
		}
		assertion, err := tokens.assertion(time.Now())
		if err != nil || tokens.method.Alg() != c.alg || strings.Count(assertion, ".") != 2 {
			t.Errorf("%s: %s, %v", name, tokens.method.Alg(), err)
		}
	}
	if _, err := (&Auth{KeyFile: "none"}).tokens(); err == nil {
		t.Error("a key that is not there was taken")
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// NHS clients sign RS512 and send aud as one text; a token endpoint's error code is shown, and none of its words.
func TestAssertions(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	for algorithm, want := range map[string]string{"": "RS384", "RS384": "RS384", "RS512": "RS512", "ES384": ""} {
		s := newServer(t)
		asked := ""
		s.fault = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/token" {
				return false
			}
			asked = r.FormValue("client_assertion")
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":"invalid_client","error_description":"%s"}`, canary)
			return true
		}
		o := s.authorised()
		o.Auth.KeyFile, o.Auth.Algorithm = file, algorithm
		_, err := Fetch(t.Context(), o)
		if want == "" {
			if err == nil || !strings.Contains(err.Error(), "the key signs RS384, not ES384") {
				t.Errorf("%s: %v", algorithm, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), "the server answered 400 (invalid_client)") || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", algorithm, err)
		}
		token, _, err := jwt.NewParser().ParseUnverified(asked, jwt.MapClaims{})
		if err != nil {
			t.Fatal(err)
		}
		if aud, is := token.Claims.(jwt.MapClaims)["aud"].(string); !is || !strings.HasSuffix(aud, "/token") || token.Method.Alg() != want {
			t.Errorf("%s: signed %s, aud %v", algorithm, token.Method.Alg(), token.Claims.(jwt.MapClaims)["aud"])
		}
	}
}
