package pds

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Error is an answer of PDS that refuses a request. It carries the code, not the diagnostics, which quote the request.
type Error struct {
	Status int
	Code   string // such as INVALID_SEARCH_DATA; empty: none
}

func (e *Error) Error() string {
	if e.Code == "" {
		return fmt.Sprintf("PDS answered %d", e.Status)
	}
	return fmt.Sprintf("PDS answered %d (%s)", e.Status, e.Code)
}

// errAnswer says that an answer is not what the specification describes.
var errAnswer = errors.New("PDS gave an answer that cannot be read")

// maxAnswer is far above any answer for one patient.
const maxAnswer = 4 << 20

// ask makes one request at the permitted rate, again where PDS is busy or broken, and with a new token where the old one
// is refused. path begins with a slash.
func (c *Client) ask(ctx context.Context, path string) ([]byte, error) {
	renewed := false
	for attempt, pause := 1, time.Second; ; attempt, pause = attempt+1, pause*2 {
		body, after, err := c.once(ctx, path)
		var refused *Error
		switch isRefusal := errors.As(err, &refused); {
		case err == nil, ctx.Err() != nil:
			return body, err
		case isRefusal && refused.Status == http.StatusUnauthorized && !renewed:
			c.token, renewed = "", true
			continue
		case isRefusal && refused.Status < 500 && refused.Status != http.StatusTooManyRequests && refused.Status != http.StatusRequestTimeout:
			return nil, err
		case attempt == attempts:
			return nil, fmt.Errorf("after %d attempts: %w", attempts, err)
		}
		if err := c.o.Wait(ctx, min(max(pause, after), time.Minute)); err != nil {
			return nil, err
		}
	}
}

func (c *Client) once(ctx context.Context, path string) (body []byte, after time.Duration, err error) {
	if err := c.authorise(ctx); err != nil {
		return nil, 0, err
	}
	if err := c.slow(ctx); err != nil {
		return nil, 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.o.Base+path, nil)
	if err != nil {
		return nil, 0, errAnswer // an error of net/url would quote the search
	}
	id, err := c.o.ID()
	if err != nil {
		return nil, 0, fmt.Errorf("make a request id: %w", err)
	}
	request.Header.Set("X-Request-ID", id)
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Accept", "application/fhir+json")
	return c.send(request)
}

// send returns the body of an answer; its errors never quote the address, which names a person.
func (c *Client) send(request *http.Request) (body []byte, after time.Duration, err error) {
	answer, err := c.http.Do(request)
	if err != nil {
		var address *url.Error
		if errors.As(err, &address) {
			err = address.Err
		}
		return nil, 0, fmt.Errorf("no answer from %s: %w", request.URL.Host, err)
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err != nil || len(body) > maxAnswer {
		return nil, 0, fmt.Errorf("%w: it broke off or is too long", errAnswer)
	}
	if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && seconds > 0 {
		after = time.Duration(seconds) * time.Second
	}
	if answer.StatusCode != http.StatusOK {
		return nil, after, &Error{Status: answer.StatusCode, Code: outcomeCode(body)}
	}
	return body, after, nil
}

// slow waits until the next request is permitted.
func (c *Client) slow(ctx context.Context) error {
	gap := time.Duration(float64(time.Second) / c.o.PerSecond)
	if since := c.o.Now().Sub(c.last); !c.last.IsZero() && since < gap {
		if err := c.o.Wait(ctx, gap-since); err != nil {
			return err
		}
	}
	c.last = c.o.Now()
	return nil
}

// authorise buys a token with a JWT signed by RS512, which lives at most five minutes.
func (c *Client) authorise(ctx context.Context) error {
	now := c.o.Now()
	if c.token != "" && now.Before(c.expires) {
		return nil
	}
	id, err := c.o.ID()
	if err != nil {
		return fmt.Errorf("authorise: make an id: %w", err)
	}
	claims := jwt.MapClaims{"iss": c.o.ClientID, "sub": c.o.ClientID, "aud": c.o.TokenURL, "jti": id, "exp": now.Add(4 * time.Minute).Unix()}
	unsigned := jwt.NewWithClaims(jwt.SigningMethodRS512, claims)
	unsigned.Header["kid"] = c.o.KeyID
	signed, err := unsigned.SignedString(c.key)
	if err != nil {
		return errors.New("authorise: the key cannot sign")
	}
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_assertion": {signed},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.o.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("authorise: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	body, _, err := c.send(request)
	if err != nil {
		return fmt.Errorf("authorise: %w", err)
	}
	var granted struct {
		Token   string      `json:"access_token"`
		Seconds json.Number `json:"expires_in"` // a number or a text
	}
	if err := json.Unmarshal(body, &granted); err != nil || granted.Token == "" {
		return fmt.Errorf("authorise: %w", errAnswer)
	}
	seconds, err := granted.Seconds.Int64()
	if err != nil {
		seconds = 60
	}
	c.token, c.expires = granted.Token, now.Add(time.Duration(seconds)*time.Second-10*time.Second)
	return nil
}

// errorCode is what a code of PDS, or of its OAuth server, may look like.
var errorCode = regexp.MustCompile(`^[A-Za-z_]{1,60}$`)

// outcome is the part of an OperationOutcome that is read.
type outcome struct {
	Error string `json:"error"` // of the OAuth server
	Issue []struct {
		Code    string `json:"code"`
		Details struct {
			Coding []struct {
				Code string `json:"code"`
			} `json:"coding"`
		} `json:"details"`
	} `json:"issue"`
}

func (o outcome) code() string {
	for _, issue := range o.Issue {
		for _, coding := range issue.Details.Coding {
			if errorCode.MatchString(coding.Code) {
				return coding.Code
			}
		}
	}
	if errorCode.MatchString(o.Error) {
		return o.Error
	}
	return ""
}

func outcomeCode(body []byte) string {
	var said outcome
	if json.Unmarshal(body, &said) != nil {
		return ""
	}
	return said.code()
}
