// Package meshtest starts NHS England's own MESH sandbox (mesh-sandbox on PyPI) for a test, behind mutual TLS, and
// breaks what passes between a client and it.
package meshtest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"careshare/extract/mesh"
)

// The sandbox's mailboxes, which all have this password and key.
const (
	Council   = "X26ABC1"
	Service   = "X26ABC2"
	Password  = "password"
	SharedKey = "BackBone"
	version   = "1.0.137"
)

// Sandbox is one running sandbox.
type Sandbox struct {
	URL                        string // of the front, which asks for a client certificate
	Certificate, Key, CA       string // files
	mu                         sync.Mutex
	fault                      func(*http.Request) Fault
	plain                      string // address of the sandbox itself
	OtherCertificate, OtherKey string // of an authority that the front does not trust
}

// Fault is what happens to one request; the zero value is nothing.
type Fault struct {
	Status   int  // answer this in place of the sandbox
	Pass     bool // but let the sandbox have the request first, and lose its answer
	CutAfter int  // with Status 0: break the connection after so many bytes of the answer's body, from 1
	Cut      bool // break the connection without an answer
	Header   http.Header
}

// Break sets what happens to each request from now on; nil: nothing.
func (s *Sandbox) Break(fault func(*http.Request) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

// Options open a mailbox of the sandbox.
func (s *Sandbox) Options(mailbox string) mesh.Options {
	return mesh.Options{
		Endpoint: s.URL, Mailbox: mailbox, Password: Password, SharedKey: SharedKey,
		CertificateFile: s.Certificate, KeyFile: s.Key, CAFile: s.CA, Random: rand.Reader, Version: "test",
	}
}

// Client opens a mailbox of the sandbox.
func (s *Sandbox) Client(t testing.TB, mailbox string) *mesh.Client {
	t.Helper()
	c, err := mesh.New(s.Options(mailbox))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// Start runs a sandbox until the test ends, with authentication on.
func Start(t testing.TB) *Sandbox {
	t.Helper()
	port := freePort(t)
	command := exec.Command(filepath.Join(install(t), "uvicorn"), "mesh_sandbox.api:app", "--host", "127.0.0.1", "--port", port, "--log-level", "error")
	command.Env = append(os.Environ(), "AUTH_MODE=full", "STORE_MODE=memory", "SHARED_KEY="+SharedKey)
	var said bytes.Buffer
	command.Stderr = &said
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	s := &Sandbox{plain: "http://127.0.0.1:" + port}
	for range 300 {
		if answer, err := http.Get(s.plain + "/health"); err == nil { // any answer will do
			answer.Body.Close()
			s.front(t)
			return s
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("the sandbox did not start: %s", said.String())
	return nil
}

// front serves the sandbox over mutual TLS.
func (s *Sandbox) front(t testing.TB) {
	t.Helper()
	folder := t.TempDir()
	authority := newAuthority(t)
	s.Certificate, s.Key = authority.issue(t, folder, "client")
	s.OtherCertificate, s.OtherKey = newAuthority(t).issue(t, folder, "stranger")
	s.CA = filepath.Join(folder, "ca.pem")
	writePEM(t, s.CA, "CERTIFICATE", authority.certificate.Raw)
	certificate, key := authority.issue(t, folder, "server")
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(authority.certificate)
	target, err := url.Parse(s.plain)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, proxy) }))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool, MinVersion: tls.VersionTLS12}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // broken connections are what the tests make
	server.StartTLS()
	t.Cleanup(server.Close)
	s.URL = server.URL
}

func (s *Sandbox) serve(w http.ResponseWriter, r *http.Request, proxy http.Handler) {
	s.mu.Lock()
	choose := s.fault
	s.mu.Unlock()
	var fault Fault
	if choose != nil {
		fault = choose(r)
	}
	recorder := httptest.NewRecorder()
	if fault.Pass || fault.Status == 0 && !fault.Cut {
		proxy.ServeHTTP(recorder, r)
	} else {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	switch {
	case fault.Cut:
		panic(http.ErrAbortHandler)
	case fault.Status != 0:
		for name, values := range fault.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(fault.Status)
		return
	}
	for name, values := range recorder.Header() {
		w.Header()[name] = values
	}
	body := recorder.Body.Bytes()
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(recorder.Code)
	if fault.CutAfter > 0 {
		_, _ = w.Write(body[:min(fault.CutAfter, max(len(body)-1, 0))])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(body)
}

// Admin posts to the sandbox's own testing calls, such as report.
func (s *Sandbox) Admin(t testing.TB, path string, body any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post(s.plain+"/messageexchange/admin/"+path, "application/json", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		said, _ := io.ReadAll(answer.Body)
		t.Fatalf("admin %s: %d %s", path, answer.StatusCode, said)
	}
}

// install is the folder of programs of a virtual environment of the tests' own.
func install(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "careshare-tests", "mesh-sandbox-"+version)
	programs, done := filepath.Join(folder, "bin"), filepath.Join(folder, "installed")
	if _, err := os.Stat(done); err == nil {
		return programs
	}
	for _, command := range []string{
		"python3 -m venv " + folder, filepath.Join(programs, "python") + " -m pip install -q mesh-sandbox==" + version + " uvicorn",
	} {
		words := strings.Fields(command)
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("install mesh-sandbox: %v: %s", err, out)
			}
			t.Skipf("SKIPPED: mesh-sandbox cannot be installed: %v: %s", err, out)
		}
	}
	if err := os.WriteFile(done, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return programs
}

func freePort(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return port
}

// authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t testing.TB) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made := authority{key: key}
	made.certificate = made.sign(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, key)
	return made
}

func (a authority) sign(t testing.TB, template *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber, template.NotBefore, template.NotAfter = serial, time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent := a.certificate
	if parent == nil {
		parent = template
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

func (a authority) issue(t testing.TB, folder, name string) (certificateFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	certificate := a.sign(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.ParseIP("127.0.0.1")}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, key)
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certificateFile, keyFile = filepath.Join(folder, name+".pem"), filepath.Join(folder, name+".key")
	writePEM(t, certificateFile, "CERTIFICATE", certificate.Raw)
	writePEM(t, keyFile, "PRIVATE KEY", raw)
	return certificateFile, keyFile
}

func writePEM(t testing.TB, path, kind string, raw []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw}), 0o600); err != nil {
		t.Fatal(err)
	}
}
