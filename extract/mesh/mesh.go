// Package mesh speaks the API of MESH, NHS England's Message Exchange for Social Care and Health.
//
// One Client is one mailbox. It sends and receives messages; package mailbox decides what to do with them.
// Source: NHS England API catalogue, "Message Exchange for Social Care and Health API", version 2 bodies.
package mesh

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"
)

// Limits of MESH and of this client.
const (
	ChunkBytes   = 75 << 20 // of a chunk before compression; MESH takes 100 MB
	MaxBytes     = 2 << 30  // of a received message after decompression
	pageOfInbox  = 500      // ids in one listing, which is the most that MESH gives
	maxErrorBody = 64 << 10
)

// Options say which mailbox to open and how.
type Options struct {
	Endpoint  string // such as https://msg.intspineservices.nhs.uk, without /messageexchange
	Mailbox   string // in capitals
	Password  string // of the mailbox
	SharedKey string // of the environment

	CertificateFile string // the client certificate (PEM), for mutual TLS
	KeyFile         string // its private key (PEM)
	CAFile          string // certificates that may sign the server's; empty: the system's

	ChunkBytes int   // bytes in a chunk before compression; 0: ChunkBytes
	MaxBytes   int64 // the most that a received message may hold; 0: MaxBytes

	Version string           // of this program, which the handshake reports
	Now     func() time.Time // the clock; nil: time.Now
	Random  io.Reader        // for nonces
}

// mailboxID is what MESH takes for a mailbox.
var mailboxID = regexp.MustCompile(`^[A-Z0-9]{1,100}$`)

// Validate returns every fault of the options.
func (o Options) Validate() error {
	var faults []error
	if endpoint, err := url.Parse(o.Endpoint); err != nil || endpoint.Scheme != "https" || endpoint.Host == "" {
		faults = append(faults, errors.New("endpoint: must be an https address such as https://msg.intspineservices.nhs.uk"))
	}
	if !mailboxID.MatchString(o.Mailbox) {
		faults = append(faults, errors.New("mailbox: must be capital letters and digits"))
	}
	if o.Password == "" || o.SharedKey == "" {
		faults = append(faults, errors.New("password and shared key: both are needed"))
	}
	if o.CertificateFile == "" || o.KeyFile == "" {
		faults = append(faults, errors.New("certificate_file and key_file: MESH needs a client certificate"))
	}
	if o.ChunkBytes < 0 || o.ChunkBytes > ChunkBytes {
		faults = append(faults, fmt.Errorf("chunk size: must be at most %d bytes", ChunkBytes))
	}
	if o.Random == nil {
		faults = append(faults, errors.New("a source of random numbers is needed"))
	}
	return errors.Join(faults...)
}

// Client is one mailbox. It is safe for one goroutine.
type Client struct {
	o    Options
	base string // address of the mailbox
	http *http.Client
}

// New opens no connection. Its errors name files, never what they hold.
func New(o Options) (*Client, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("open mailbox: %w", err)
	}
	transport, err := o.transport()
	if err != nil {
		return nil, fmt.Errorf("open mailbox: %w", err)
	}
	if o.ChunkBytes == 0 {
		o.ChunkBytes = ChunkBytes
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = MaxBytes
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	refuse := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // a token is for one address
	return &Client{
		o: o, base: strings.TrimRight(o.Endpoint, "/") + "/messageexchange/" + o.Mailbox,
		http: &http.Client{Transport: transport, CheckRedirect: refuse},
	}, nil
}

// Mailbox is the mailbox's id.
func (c *Client) Mailbox() string { return c.o.Mailbox }

// Close ends idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func (o Options) transport() (*http.Transport, error) {
	certificate, err := tls.LoadX509KeyPair(o.CertificateFile, o.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("read certificate_file and key_file: %w", err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read ca_file: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("read ca_file: %s has no certificate", o.CAFile)
		}
	}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, DisableCompression: true,
		TLSHandshakeTimeout: 30 * time.Second, ResponseHeaderTimeout: 2 * time.Minute, IdleConnTimeout: time.Minute,
	}, nil
}

// authorization is the value of the Authorization header for one request: the token may be used once, so each
// request has a nonce of its own. Source: API catalogue, "Authorization header".
func (c *Client) authorization() (string, error) {
	random := make([]byte, 16)
	if _, err := io.ReadFull(c.o.Random, random); err != nil {
		return "", fmt.Errorf("make a nonce: %w", err)
	}
	nonce, count, stamp := hex.EncodeToString(random), "0", c.o.Now().UTC().Format("200601021504")
	hash := hmac.New(sha256.New, []byte(c.o.SharedKey))
	fmt.Fprintf(hash, "%s:%s:%s:%s:%s", c.o.Mailbox, nonce, count, c.o.Password, stamp)
	return fmt.Sprintf("NHSMESH %s:%s:%s:%s:%s", c.o.Mailbox, nonce, count, stamp, hex.EncodeToString(hash.Sum(nil))), nil
}
