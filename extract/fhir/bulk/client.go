package bulk

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// client is one export being fetched.
type client struct {
	o      Options
	http   *http.Client
	tokens *tokens // nil: no authorisation
}

func newClient(o Options) (*client, error) {
	o.Limits = o.Limits.withDefaults()
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Random == nil {
		o.Random = rand.Float64
	}
	transport, err := transport(o.CAFile)
	if err != nil {
		return nil, err
	}
	c := &client{o: o, http: &http.Client{Transport: transport, CheckRedirect: redirect}}
	if o.Auth != nil {
		c.tokens, err = o.Auth.tokens()
	}
	return c, err
}

func (c *client) close() { c.http.CloseIdleConnections() }

// transport verifies every server; nothing can turn that off.
func transport(caFile string) (*http.Transport, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12} // Bulk Data Access 3.0.0, "Privacy and Security Considerations"
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		if err != nil {
			return nil, fmt.Errorf("read CA file: %w", err)
		}
		if config.RootCAs, err = x509.SystemCertPool(); err != nil {
			return nil, fmt.Errorf("read the system's certificates: %w", err)
		}
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New("read CA file: it holds no certificate")
		}
	}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, ForceAttemptHTTP2: true,
		TLSHandshakeTimeout: 30 * time.Second, ResponseHeaderTimeout: 5 * time.Minute, IdleConnTimeout: time.Minute,
		DisableCompression: true, // a file is kept as it came, so that its gzip can be verified
	}, nil
}

// redirect follows few redirects and none that leaves TLS. On the way to another host it takes the token off: net/http
// would show it to any host below the first one's name, and to any port of it.
func redirect(request *http.Request, via []*http.Request) error {
	if request.URL.Scheme != "https" || len(via) > 5 {
		return permanent{errors.New("redirect away from https, or too many")}
	}
	if hostOf(request.URL) != hostOf(via[0].URL) {
		request.Header.Del("Authorization")
	}
	return nil
}

// hostOf is a URL's host and port.
func hostOf(u *url.URL) string {
	return net.JoinHostPort(strings.ToLower(u.Hostname()), cmp.Or(u.Port(), "443"))
}

// mayShowToken refuses to show the token to another host than the sender's.
func (c *client) mayShowToken(address string) error {
	base, wrong := url.Parse(c.o.Base)
	to, err := url.Parse(address)
	if err != nil || wrong != nil || hostOf(to) != hostOf(base) {
		return permanent{errors.New("the server asks for its token at another host than its own, where it is not shown")}
	}
	return nil
}

// ask is one request that may be made several times.
type ask struct {
	method, url string
	header      map[string]string
	body        func() io.Reader // nil: none
	withToken   bool
}

// failure is an answer that says no; where it says so for good, it is a permanent one. It carries the codes of an
// OperationOutcome, and none of its text.
type failure struct {
	status int
	codes  string
}

func (f failure) Error() string {
	if f.codes == "" {
		return fmt.Sprintf("the server answered %d", f.status)
	}
	return fmt.Sprintf("the server answered %d (%s)", f.status, f.codes)
}

// do makes a request until it is answered with less than 400, and hands that answer to read. A lost connection, a
// busy or broken server and an answer that breaks off are tried again; so is, once, an expired token.
func (c *client) do(ctx context.Context, a ask, read func(*http.Response) error) error {
	renewed := !a.withToken || c.tokens == nil
	for attempt := 1; ; attempt++ {
		token, err := c.tokenFor(ctx, a)
		if err != nil {
			return fmt.Errorf("authorise: %w", err)
		}
		wait, err := c.once(ctx, a, token, read)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case statusOf(err) == http.StatusUnauthorized && !renewed:
			c.tokens.forget()
			renewed = true
			continue
		case errors.As(err, &permanent{}) || attempt == c.o.Limits.Attempts:
			return err
		}
		if err := c.pause(ctx, attempt, wait); err != nil {
			return err
		}
	}
}

// permanent marks an error that another attempt cannot mend.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// statusOf is the status of a refusal; 0 for any other error.
func statusOf(err error) int {
	var f failure
	errors.As(err, &f)
	return f.status
}

// once makes a request once. wait is how long the server asks us to stay away.
func (c *client) once(ctx context.Context, a ask, token string, read func(*http.Response) error) (wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.o.Limits.Request)
	defer cancel()
	request, err := newRequest(ctx, a, token)
	if err != nil {
		return 0, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return 0, bare(err)
	}
	defer response.Body.Close()
	if response.StatusCode < http.StatusBadRequest {
		return 0, read(response)
	}
	return c.retryAfter(response), c.refusal(response)
}

func newRequest(ctx context.Context, a ask, token string) (*http.Request, error) {
	var body io.Reader
	if a.body != nil {
		body = a.body()
	}
	request, err := http.NewRequestWithContext(ctx, a.method, a.url, body)
	if err != nil || request.URL.Scheme != "https" {
		return nil, permanent{errors.New("an address that does not begin with https")}
	}
	for name, value := range a.header {
		request.Header.Set(name, value)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return request, nil
}

// bare is an error without the URL that net/http puts in it: the URL of a file may be a key to it. A certificate that
// was refused once is refused for good.
func bare(err error) error {
	var broken *url.Error
	if errors.As(err, &broken) {
		err = broken.Err
	}
	var unknown *tls.CertificateVerificationError
	if errors.As(err, &unknown) {
		return permanent{err}
	}
	return err
}

// refusal reads an answer of 400 or more. It is for good unless the status or the outcome says that it will pass.
func (c *client) refusal(response *http.Response) error {
	var outcome outcome
	body, _ := io.ReadAll(io.LimitReader(response.Body, c.o.Limits.AnswerBytes))
	isOutcome := json.Unmarshal(body, &outcome) == nil && outcome.ResourceType == "OperationOutcome"
	f := failure{status: response.StatusCode, codes: cmp.Or(outcome.codes(), oauthError(body))}
	switch {
	case outcome.isTransient(), f.status == http.StatusTooManyRequests, f.status == http.StatusRequestTimeout, f.status == http.StatusServiceUnavailable:
		return f
	case f.status >= http.StatusInternalServerError && !isOutcome: // not the FHIR server speaking
		return f
	}
	return permanent{f}
}

// longestWait caps what a server may ask for in Retry-After.
const longestWait = time.Hour

// retryAfter is the header's seconds or date (RFC 9110, 10.2.3); 0 without one.
func (c *client) retryAfter(response *http.Response) time.Duration {
	value := response.Header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, longestWait)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(c.o.Now()), 0), longestWait)
	}
	return 0
}

// pause waits what the server asks, or a time that doubles with each attempt, half of it by chance so that clients do
// not come back together.
func (c *client) pause(ctx context.Context, attempt int, asked time.Duration) error {
	if asked == 0 {
		full := min(time.Second<<min(attempt, 10), 5*time.Minute)
		asked = full/2 + time.Duration(c.o.Random()*float64(full/2))
	}
	return c.o.Sleep(ctx, asked)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
