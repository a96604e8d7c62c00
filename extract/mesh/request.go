package mesh

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"runtime"
	"time"
)

// Error is an answer of MESH that refuses a request. It carries MESH's code, not its words, which can quote a message.
type Error struct {
	Operation  string        // such as "send message"
	Status     int           // of HTTP
	Code       string        // of MESH, such as 12; empty: none was given
	RetryAfter time.Duration // that MESH asked for; 0: none
}

func (e *Error) Error() string {
	text := fmt.Sprintf("%s: MESH answered %d", e.Operation, e.Status)
	if e.Code != "" {
		text += ", code " + e.Code
	}
	if meaning := Meaning(e.Code); meaning != "" {
		text += " (" + meaning + ")"
	}
	return text
}

// Temporary reports whether the same request may work later: MESH is busy or broken.
func (e *Error) Temporary() bool {
	return e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout || e.Status >= 500
}

// Meaning explains a code of MESH; empty where the code is not known.
func Meaning(code string) string {
	return map[string]string{
		"02": "the data file is missing", "06": "a header cannot be read", "07": "the sender's mailbox is not valid",
		"08": "the recipient is missing", "12": "the recipient's mailbox is not registered",
		"14": "the recipient did not collect the message in time", "17": "the mailbox is not registered for this workflow",
		"20": "the message does not exist",
	}[code]
}

// errLost says that no whole answer came: the connection could not be made, or it broke.
var errLost = errors.New("no answer from MESH")

// Temporary reports whether an error of this package may go away by itself: the connection was lost, or MESH is busy.
func Temporary(err error) bool {
	var refused *Error
	if errors.As(err, &refused) {
		return refused.Temporary()
	}
	return errors.Is(err, errLost) && !errors.Is(err, context.Canceled)
}

// IsStatus reports whether MESH answered with this HTTP status.
func IsStatus(err error, status int) bool {
	var refused *Error
	return errors.As(err, &refused) && refused.Status == status
}

// request is one call of the API.
type request struct {
	operation string // for errors
	method    string
	path      string // below the mailbox
	header    http.Header
	body      io.Reader
	length    int64 // of body
}

// do makes one call. The caller closes the body of the answer. An answer of 400 or more is an Error.
func (c *Client) do(ctx context.Context, r request) (*http.Response, error) {
	made, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, r.body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.operation, err)
	}
	for name, values := range r.header {
		made.Header[name] = values
	}
	if r.body != nil {
		made.ContentLength = r.length
	}
	token, err := c.authorization()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.operation, err)
	}
	made.Header.Set("Authorization", token)
	made.Header.Set("Accept", "application/vnd.mesh.v2+json")
	made.Header.Set("Accept-Encoding", "gzip")
	answer, err := c.http.Do(made)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", r.operation, errLost, err)
	}
	if answer.StatusCode >= 300 {
		defer answer.Body.Close()
		return nil, refusal(r.operation, answer)
	}
	return answer, nil
}

// code is what a code of MESH may look like. Anything else that an answer says is not repeated.
var code = regexp.MustCompile(`^[A-Z0-9-]{1,10}$`)

func refusal(operation string, answer *http.Response) *Error {
	refused := &Error{Operation: operation, Status: answer.StatusCode}
	var said struct {
		ErrorCode string `json:"errorCode"` // version 1
		Detail    []struct {
			Code string `json:"code"`
		} `json:"detail"` // version 2
	}
	body, _ := io.ReadAll(io.LimitReader(answer.Body, maxErrorBody)) // an answer without a body has no code
	if json.Unmarshal(body, &said) == nil {
		for _, d := range said.Detail {
			said.ErrorCode = d.Code
		}
		if code.MatchString(said.ErrorCode) {
			refused.Code = said.ErrorCode
		}
	}
	if seconds, err := time.ParseDuration(answer.Header.Get("Retry-After") + "s"); err == nil {
		refused.RetryAfter = seconds
	}
	return refused
}

// decode reads a JSON answer and closes it.
func decode(operation string, answer *http.Response, into any) error {
	defer answer.Body.Close()
	body, err := content(answer)
	if err == nil {
		err = json.NewDecoder(io.LimitReader(body, 16<<20)).Decode(into)
	}
	if err != nil {
		return fmt.Errorf("%s: %w: the answer is not the JSON that was expected", operation, errLost)
	}
	return nil
}

// Handshake tells MESH that the mailbox is in use. MESH expects one a day.
func (c *Client) Handshake(ctx context.Context) error {
	header := http.Header{}
	header.Set("Mex-ClientVersion", "careshare=="+c.o.Version)
	header.Set("Mex-OSName", runtime.GOOS)
	header.Set("Mex-OSVersion", "not given")
	header.Set("Mex-OSArchitecture", runtime.GOARCH)
	answer, err := c.do(ctx, request{operation: "handshake", method: http.MethodPost, path: "", header: header})
	if err != nil {
		return err
	}
	return answer.Body.Close()
}
