package mesh

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Outgoing is a message to send.
type Outgoing struct {
	To         string // recipient's mailbox
	WorkflowID string
	LocalID    string // ours; Track finds the message by it
	FileName   string
	Subject    string
	SHA256     string // of the content, in hex
}

// localID is the strictest rule that a service has for a local id (national data opt-out: a colon gets no reply).
var localID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,300}$`)

// Validate returns every fault of the message.
func (m Outgoing) Validate() error {
	var faults []error
	if !mailboxID.MatchString(m.To) {
		faults = append(faults, errors.New("recipient: must be capital letters and digits"))
	}
	if m.WorkflowID == "" {
		faults = append(faults, errors.New("workflow: name the workflow id"))
	}
	for name, value := range map[string]string{"local id": m.LocalID, "subject": m.Subject} {
		if !localID.MatchString(value) {
			faults = append(faults, fmt.Errorf("%s: must be letters, digits, _ and -", name))
		}
	}
	return errors.Join(faults...)
}

// Chunks is how many chunks a content of so many bytes has.
func (c *Client) Chunks(size int64) int {
	return max(1, int((size+int64(c.o.ChunkBytes)-1)/int64(c.o.ChunkBytes)))
}

// Send sends the first chunk of a message of size bytes and returns MESH's id for it. Where Chunks is above 1 the
// message waits for the others. An error that is Temporary leaves it open whether MESH has the message: ask Track.
func (c *Client) Send(ctx context.Context, m Outgoing, content io.ReaderAt, size int64) (id string, err error) {
	if err := m.Validate(); err != nil {
		return "", fmt.Errorf("send message: %w", err)
	}
	header := c.chunkHeader(1, c.Chunks(size))
	header.Set("Mex-From", c.o.Mailbox)
	header.Set("Mex-To", m.To)
	header.Set("Mex-WorkflowID", m.WorkflowID)
	header.Set("Mex-LocalID", m.LocalID)
	header.Set("Mex-FileName", m.FileName)
	header.Set("Mex-Subject", m.Subject)
	header.Set("Mex-Content-Checksum", "SHA-256:"+m.SHA256)
	answer, err := c.post(ctx, "send message", "/outbox", header, 1, content, size)
	if err != nil {
		return "", err
	}
	var sent struct {
		V2 string `json:"message_id"`
		V1 string `json:"messageID"`
	}
	if err := decode("send message", answer, &sent); err != nil {
		return "", err
	}
	if id = sent.V2; id == "" {
		id = sent.V1
	}
	if !messageID.MatchString(id) {
		return "", errors.New("send message: the answer has no message id")
	}
	return id, nil
}

// SendChunk sends chunk number (from 2) of a message. Sending one again replaces it.
func (c *Client) SendChunk(ctx context.Context, id string, number int, content io.ReaderAt, size int64) error {
	path := "/outbox/" + url.PathEscape(id) + "/" + strconv.Itoa(number)
	answer, err := c.post(ctx, "send chunk", path, c.chunkHeader(number, c.Chunks(size)), number, content, size)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

func (c *Client) chunkHeader(number, total int) http.Header {
	header := http.Header{}
	header.Set("Content-Type", "application/octet-stream")
	header.Set("Content-Encoding", "gzip")
	header.Set("Mex-Chunk-Range", fmt.Sprintf("%d:%d", number, total))
	return header
}

// post sends one chunk as a gzip file of its own, which is how NHS England's client does it.
func (c *Client) post(ctx context.Context, operation, path string, header http.Header, number int, content io.ReaderAt, size int64) (*http.Response, error) {
	from := int64(number-1) * int64(c.o.ChunkBytes)
	var zipped bytes.Buffer
	writer := gzip.NewWriter(&zipped)
	_, err := io.Copy(writer, io.NewSectionReader(content, from, min(int64(c.o.ChunkBytes), size-from)))
	if err := errors.Join(err, writer.Close()); err != nil {
		return nil, fmt.Errorf("%s: read the file: %w", operation, err)
	}
	return c.do(ctx, request{operation: operation, method: http.MethodPost, path: path, header: header, body: &zipped, length: int64(zipped.Len())})
}

// State is how far a sent message has come.
type State string

// The states of a sent message.
const (
	Uploading State = "uploading" // chunks are missing
	Accepted  State = "accepted"  // it waits in the recipient's inbox
	Collected State = "collected" // the recipient acknowledged it
	Failed    State = "failed"    // MESH could not deliver it
)

// Tracking is what MESH knows of a sent message.
type Tracking struct {
	MessageID string
	State     State
	Code      string // of the failure
}

// ErrNotSent says that MESH knows no message under an id.
var ErrNotSent = errors.New("MESH does not know the message")

// ErrSentTwice says that MESH knows several messages under one local id.
var ErrSentTwice = errors.New("MESH knows several messages under one local id")

// Track finds a message by our local id. MESH marks this call as deprecated and offers no other for a local id.
func (c *Client) Track(ctx context.Context, localID string) (Tracking, error) {
	return c.track(ctx, "/"+url.PathEscape(localID))
}

// TrackMessage finds a message by MESH's id.
func (c *Client) TrackMessage(ctx context.Context, id string) (Tracking, error) {
	return c.track(ctx, "?messageID="+url.QueryEscape(id))
}

func (c *Client) track(ctx context.Context, message string) (Tracking, error) {
	answer, err := c.do(ctx, request{operation: "track message", method: http.MethodGet, path: "/outbox/tracking" + message})
	switch {
	case IsStatus(err, http.StatusNotFound):
		return Tracking{}, ErrNotSent
	case IsStatus(err, http.StatusMultipleChoices):
		return Tracking{}, ErrSentTwice
	case err != nil:
		return Tracking{}, err
	}
	var said struct { // version 2 of the body, and version 1, which tracking by local id has
		IDv2     string `json:"message_id"`
		IDv1     string `json:"messageId"`
		Status   string `json:"status"`
		CodeV2   string `json:"status_code"`
		CodeV1   string `json:"statusCode"`
		Failure  string `json:"failureDate"`
		Download string `json:"downloadTimestamp"`
	}
	if err := decode("track message", answer, &said); err != nil {
		return Tracking{}, err
	}
	found := Tracking{MessageID: said.IDv2 + said.IDv1}
	if c := said.CodeV2 + said.CodeV1; code.MatchString(c) {
		found.Code = c
	}
	switch strings.ToLower(said.Status) {
	case "uploading":
		found.State = Uploading
	case "accepted":
		found.State = Accepted
	case "acknowledged":
		found.State = Collected
	case "error", "undeliverable":
		found.State = Failed
	default:
		return Tracking{}, errors.New("track message: the answer has an unknown status")
	}
	if !messageID.MatchString(found.MessageID) {
		return Tracking{}, errors.New("track message: the answer has no message id")
	}
	return found, nil
}
