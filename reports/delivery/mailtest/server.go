// Package mailtest is a real SMTP server of a test's own, which does what the test says.
package mailtest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Server is a server on a free port of this machine, and what it took.
type Server struct {
	Address, CAFile string

	t        testing.TB
	smtp     *smtp.Server
	mutex    sync.Mutex
	does     Behaviour
	took     []Taken
	attempts int
}

// Behaviour is what a server does beside taking every message: each may be nil.
type Behaviour struct {
	OnRecipient func(to string) error
	OnData      func(conn net.Conn, attempt int) error // before a message is read
}

// Do has it behave so from now on.
func (s *Server) Do(b Behaviour) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.does = b
}

func (s *Server) behaviour() Behaviour {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.does
}

// Taken is one message that the server has accepted.
type Taken struct {
	To     string
	Header mail.Header
	Raw    []byte
}

// The user and the password that it knows.
const (
	User     = "careshare"
	Password = "secret"
)

// ErrDropped is for OnData that has closed the connection.
var ErrDropped = errors.New("dropped")

// NewSession is called by the server for each connection.
func (s *Server) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{server: s, conn: c}, nil
}

type session struct {
	server *Server
	conn   *smtp.Conn
	to     string
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != User || password != Password {
			return &smtp.SMTPError{Code: 535, Message: "no"}
		}
		return nil
	}), nil
}
func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error {
	if _, encrypted := s.conn.TLSConnectionState(); !encrypted {
		s.server.t.Error("a message was begun without encryption")
	}
	return nil
}
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	if does := s.server.behaviour(); does.OnRecipient != nil {
		return does.OnRecipient(to)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	s.server.mutex.Lock()
	s.server.attempts++
	attempt := s.server.attempts
	s.server.mutex.Unlock()
	if does := s.server.behaviour(); does.OnData != nil {
		if err := does.OnData(s.conn.Conn(), attempt); err != nil {
			return err
		}
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	s.server.mutex.Lock()
	defer s.server.mutex.Unlock()
	s.server.took = append(s.server.took, Taken{s.to, message.Header, raw})
	return nil
}

// Serve starts a server; without TLS it offers no STARTTLS.
func Serve(t testing.TB, isTLS bool) *Server {
	t.Helper()
	s := &Server{t: t}
	var known tls.Certificate
	known, s.CAFile = Certificate(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Address = listener.Addr().String()
	s.smtp = smtp.NewServer(s)
	s.smtp.Domain, s.smtp.ErrorLog = "localhost", quiet{}
	if isTLS {
		s.smtp.TLSConfig = &tls.Config{Certificates: []tls.Certificate{known}, MinVersion: tls.VersionTLS12}
	} else {
		s.smtp.AllowInsecureAuth = true
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.smtp.Serve(listener) }()
	t.Cleanup(func() { s.smtp.Close(); <-done })
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// Messages are what it took so far.
func (s *Server) Messages() []Taken {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]Taken{}, s.took...)
}

// Certificate makes one for this machine, and a file with its authority.
func Certificate(t testing.TB) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}
