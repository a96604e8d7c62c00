package bulk

import (
	"context"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Auth is a registration for SMART Backend Services (SMART App Launch 2.2, "Backend Services").
type Auth struct {
	ClientID  string
	KeyID     string // kid of the public key that the server knows
	KeyFile   string // PEM: an RSA key of 2048 bits or more, or an EC key on P-384; for its owner's eyes only
	Algorithm string // RS384, RS512 or ES384; empty: RS384 or ES384, by the key
	TokenURL  string // https; empty: what the server's .well-known/smart-configuration says
	Scope     string // such as "system/*.rs"
}

func (a *Auth) validate() error {
	switch {
	case a == nil:
		return nil
	case a.ClientID == "" || a.KeyID == "" || a.KeyFile == "" || a.Scope == "":
		return errors.New("bulk: authorisation needs a client id, a key id, a key file and a scope")
	case a.TokenURL != "" && !strings.HasPrefix(a.TokenURL, "https://"):
		return errors.New("bulk: the token endpoint must be an https URL")
	case !slices.Contains([]string{"", "RS384", "RS512", "ES384"}, a.Algorithm):
		return errors.New("bulk: the algorithm must be RS384, RS512 or ES384")
	}
	return nil
}

// tokens signs the requests for access tokens and keeps the newest until it expires.
type tokens struct {
	auth     Auth
	method   jwt.SigningMethod
	key      crypto.PrivateKey
	endpoint string
	token    string
	until    time.Time
}

func (a *Auth) tokens() (*tokens, error) {
	info, err := os.Stat(a.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("read key: others may read %s; chmod 600 it", a.KeyFile)
	}
	pem, err := os.ReadFile(a.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	t := &tokens{auth: *a, endpoint: a.TokenURL}
	if key, err := jwt.ParseRSAPrivateKeyFromPEM(pem); err == nil && key.N.BitLen() >= 2048 {
		t.method, t.key = jwt.SigningMethodRS384, key
		if a.Algorithm == "RS512" {
			t.method = jwt.SigningMethodRS512
		}
	} else if key, err := jwt.ParseECPrivateKeyFromPEM(pem); err == nil && key.Curve == elliptic.P384() {
		t.method, t.key = jwt.SigningMethodES384, key
	} else {
		return nil, errors.New("read key: neither an RSA key of 2048 bits nor an EC key on P-384")
	}
	if a.Algorithm != "" && a.Algorithm != t.method.Alg() {
		return nil, fmt.Errorf("read key: the key signs %s, not %s", t.method.Alg(), a.Algorithm)
	}
	return t, nil
}

// forget drops a token that the server no longer takes.
func (t *tokens) forget() { t.token = "" }

// earlier is how long before its end a token is no longer used.
const earlier = 30 * time.Second

// tokenFor is an access token that is good for now; empty where the request or the server wants none.
func (c *client) tokenFor(ctx context.Context, a ask) (string, error) {
	t := c.tokens
	if t == nil || !a.withToken {
		return "", nil
	}
	if err := c.mayShowToken(a.url); err != nil {
		return "", err
	}
	if t.token != "" && c.o.Now().Before(t.until) {
		return t.token, nil
	}
	if err := c.discover(ctx); err != nil {
		return "", err
	}
	assertion, err := t.assertion(c.o.Now())
	if err != nil {
		return "", err
	}
	form := url.Values{
		"grant_type": {"client_credentials"}, "scope": {t.auth.Scope}, "client_assertion": {assertion},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	}
	var answer struct {
		Token   string `json:"access_token"`
		Type    string `json:"token_type"`
		Expires int64  `json:"expires_in"` // seconds
	}
	request := ask{method: http.MethodPost, url: t.endpoint, body: func() io.Reader { return strings.NewReader(form.Encode()) },
		header: map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}}
	if err := c.json(ctx, request, &answer); err != nil {
		return "", err
	}
	if answer.Token == "" || !strings.EqualFold(answer.Type, "bearer") {
		return "", permanent{errors.New("the token endpoint gave no bearer token")}
	}
	t.token, t.until = answer.Token, c.o.Now().Add(time.Duration(answer.Expires)*time.Second-earlier)
	return t.token, nil
}

// assertion is a one-time JWT that says who we are.
func (t *tokens) assertion(now time.Time) (string, error) {
	token := jwt.NewWithClaims(t.method, jwt.MapClaims{
		"iss": t.auth.ClientID, "sub": t.auth.ClientID,
		"aud": t.endpoint,                      // one text: NHS servers take no list
		"exp": now.Add(4 * time.Minute).Unix(), // at most five
		"jti": rand.Text(),
	})
	token.Header["kid"] = t.auth.KeyID
	signed, err := token.SignedString(t.key)
	if err != nil {
		return "", fmt.Errorf("sign assertion: %w", err)
	}
	return signed, nil
}

// discover asks the server for its token endpoint, where none was configured.
func (c *client) discover(ctx context.Context) error {
	if c.tokens.endpoint != "" {
		return nil
	}
	var smart struct {
		TokenEndpoint string `json:"token_endpoint"`
	}
	address := strings.TrimRight(c.o.Base, "/") + "/.well-known/smart-configuration"
	if err := c.json(ctx, ask{method: http.MethodGet, url: address, header: map[string]string{"Accept": "application/json"}}, &smart); err != nil {
		return fmt.Errorf("discover the token endpoint: %w", err)
	}
	if !strings.HasPrefix(smart.TokenEndpoint, "https://") {
		return permanent{errors.New("discover the token endpoint: no https URL")}
	}
	c.tokens.endpoint = smart.TokenEndpoint
	return nil
}

// json makes a request and reads its answer, of a bounded size, into value.
func (c *client) json(ctx context.Context, a ask, value any) error {
	return c.do(ctx, a, func(response *http.Response) error { return c.decode(response, value) })
}

func (c *client) decode(response *http.Response, value any) error {
	body, err := io.ReadAll(io.LimitReader(response.Body, c.o.Limits.AnswerBytes+1))
	switch {
	case err != nil:
		return fmt.Errorf("read answer: %w", err)
	case int64(len(body)) > c.o.Limits.AnswerBytes:
		return permanent{fmt.Errorf("an answer over %d bytes", c.o.Limits.AnswerBytes)}
	case json.Unmarshal(body, value) != nil: // its error may quote the answer
		return permanent{errors.New("an answer that is not the JSON expected")}
	}
	return nil
}
