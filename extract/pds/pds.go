// Package pds looks people up in the Personal Demographics Service, one strict search a person.
//
// Access is application-restricted: a signed JWT buys a token, and PDS answers a search only where exactly one patient
// matches. Source: NHS England API catalogue, "Personal Demographics Service - FHIR API" and "Application-restricted
// RESTful APIs - signed JWT authentication".
package pds

import (
	"context"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Options say where PDS is and who asks.
type Options struct {
	Base     string // such as https://api.service.nhs.uk/personal-demographics/FHIR/R4
	TokenURL string // such as https://api.service.nhs.uk/oauth2/token
	ClientID string // the application's API key
	KeyID    string // kid of the public key that NHS England has
	KeyFile  string // RSA private key (PEM), for its owner's eyes only
	CAFile   string // certificates to trust beside the system's; empty: none

	PerSecond float64 // requests a second at most; 0: 1
	MinScore  float64 // the least score of a match that counts; 0: 0.95

	Now  func() time.Time                           // the clock
	Wait func(context.Context, time.Duration) error // nil: sleep
	ID   func() (string, error)                     // a new UUID for each request
}

const (
	defaultRate  = 1
	defaultScore = 0.95
	attempts     = 4
)

// Validate returns every fault of the options.
func (o Options) Validate() error {
	var faults []error
	for name, address := range map[string]string{"url": o.Base, "token_url": o.TokenURL} {
		if u, err := url.Parse(address); err != nil || u.Scheme != "https" || u.Host == "" {
			faults = append(faults, fmt.Errorf("%s: must be an https address", name))
		}
	}
	if o.ClientID == "" || o.KeyID == "" || o.KeyFile == "" {
		faults = append(faults, errors.New("client_id, key_id, key_file: all are needed"))
	}
	if o.PerSecond < 0 || o.PerSecond > 50 {
		faults = append(faults, errors.New("per_second: must be between 0 and 50"))
	}
	if o.MinScore < 0 || o.MinScore > 1 {
		faults = append(faults, errors.New("min_score: must be between 0 and 1"))
	}
	if o.Now == nil || o.ID == nil {
		faults = append(faults, errors.New("a clock and a source of ids are needed"))
	}
	return errors.Join(faults...)
}

// Client looks people up. It is safe for one goroutine.
type Client struct {
	o       Options
	key     *rsa.PrivateKey
	http    *http.Client
	token   string
	expires time.Time
	last    time.Time // of the last request
}

// New reads the key and opens no connection.
func New(o Options) (*Client, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("open PDS: %w", err)
	}
	text, err := os.ReadFile(o.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("open PDS: read key_file: %w", err)
	}
	info, err := os.Stat(o.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("open PDS: read key_file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("open PDS: key_file %s can be read by others; chmod 600", o.KeyFile)
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(text)
	if err != nil {
		return nil, fmt.Errorf("open PDS: key_file %s is not an RSA private key in PEM", o.KeyFile)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("open PDS: read ca_file: %w", err)
		}
		if config.RootCAs, err = x509.SystemCertPool(); err != nil {
			return nil, fmt.Errorf("open PDS: read the system's certificates: %w", err)
		}
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("open PDS: ca_file %s has no certificate", o.CAFile)
		}
	}
	if o.PerSecond == 0 {
		o.PerSecond = defaultRate
	}
	if o.MinScore == 0 {
		o.MinScore = defaultScore
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	o.Base = strings.TrimRight(o.Base, "/")
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, ForceAttemptHTTP2: true,
		TLSHandshakeTimeout: 30 * time.Second, ResponseHeaderTimeout: time.Minute, IdleConnTimeout: time.Minute,
	}
	refuse := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // a token is for one host
	return &Client{o: o, key: key, http: &http.Client{Transport: transport, CheckRedirect: refuse}}, nil
}

// Close ends idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
