package mesh

import (
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

// Type is the kind of a received message.
type Type string

// DATA is a file from another mailbox; REPORT is MESH's word on a message that was sent.
const (
	Data   Type = "DATA"
	Report Type = "REPORT"
)

// Header is what MESH says of a received message. The sender chooses FileName, LocalID and Subject: they may hold
// anything, and are never printed or used as a path.
type Header struct {
	MessageID  string
	Type       Type
	From       string // mailbox; empty: MESH itself
	WorkflowID string
	FileName   string
	LocalID    string
	Subject    string

	LinkedMessageID string // of a report: the message that it is about
	StatusCode      string // of a report, such as 14
	Chunks          int
}

// ContentError is a received message that cannot be taken. MESH keeps it until it is acknowledged.
type ContentError struct{ Rule string }

func (e *ContentError) Error() string { return "the message cannot be read: " + e.Rule }

// messageID is what a message's id may look like; it becomes part of file names.
var messageID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

// Inbox lists the ids of all messages that wait, oldest first, at most max.
func (c *Client) Inbox(ctx context.Context, max int) (ids []string, err error) {
	next := fmt.Sprintf("/inbox?max_results=%d", pageOfInbox)
	for next != "" && len(ids) < max {
		answer, err := c.do(ctx, request{operation: "list inbox", method: http.MethodGet, path: next})
		if err != nil {
			return nil, err
		}
		var page struct {
			Messages []string          `json:"messages"`
			Links    map[string]string `json:"links"`
		}
		if err := decode("list inbox", answer, &page); err != nil {
			return nil, err
		}
		for _, id := range page.Messages {
			if !messageID.MatchString(id) {
				return nil, errors.New("list inbox: an id is not made of letters, digits, _ and -")
			}
		}
		ids = append(ids, page.Messages...)
		if next, err = nextPage(page.Links["next"]); err != nil {
			return nil, err
		}
	}
	return ids[:min(len(ids), max)], nil
}

// nextPage takes only the query of a link, so that a token never goes to another address.
func nextPage(link string) (string, error) {
	if link == "" {
		return "", nil
	}
	parsed, err := url.Parse(link)
	if err != nil || parsed.RawQuery == "" {
		return "", errors.New("list inbox: the link to the next page cannot be read")
	}
	return "/inbox?" + parsed.RawQuery, nil
}

// Download writes a message's whole content to w, decompressed, and returns its header. After an error, what w was
// given is not the message.
func (c *Client) Download(ctx context.Context, id string, w io.Writer) (Header, error) {
	body := &chunks{ctx: ctx, client: c, id: id}
	defer body.Close()
	if err := body.open(1); err != nil {
		return Header{}, err
	}
	header := body.header
	if header.Type == Report {
		return header, nil
	}
	plain := io.Reader(body)
	if body.isGzip {
		unzipped, err := gzip.NewReader(body) // each chunk, or all of them together, is one gzip file
		if err != nil {
			return header, body.fault(err, "gzip is broken")
		}
		plain = unzipped
	}
	written, err := io.Copy(w, io.LimitReader(plain, c.o.MaxBytes+1))
	switch {
	case body.err != nil:
		return header, body.err
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.Is(err, io.ErrUnexpectedEOF):
		return header, &ContentError{"gzip is broken"}
	case err != nil:
		return header, fmt.Errorf("store message: %w", err)
	case written > c.o.MaxBytes:
		return header, &ContentError{fmt.Sprintf("it is over %d bytes", c.o.MaxBytes)}
	}
	return header, nil
}

// Acknowledge tells MESH that the message is kept here. It then leaves the inbox for good.
func (c *Client) Acknowledge(ctx context.Context, id string) error {
	answer, err := c.do(ctx, request{operation: "acknowledge", method: http.MethodPut, path: "/inbox/" + url.PathEscape(id) + "/status/acknowledged"})
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// chunks reads the chunks of a message one after another, as they come: still compressed where isGzip.
type chunks struct {
	ctx    context.Context
	client *Client
	id     string
	header Header
	number int // of the open chunk, from 1
	isGzip bool
	body   io.ReadCloser
	err    error // of MESH or the connection, other than the end
}

func (c *chunks) Read(p []byte) (int, error) {
	for {
		n, err := c.body.Read(p)
		if n > 0 || err == nil {
			return n, nil
		}
		if !errors.Is(err, io.EOF) {
			c.err = fmt.Errorf("download message: %w: chunk %d of %d broke off: %w", errLost, c.number, c.header.Chunks, err)
			return 0, c.err
		}
		if c.number >= c.header.Chunks {
			return 0, io.EOF
		}
		if err := c.open(c.number + 1); err != nil {
			c.err = err
			return 0, err
		}
	}
}

func (c *chunks) Close() error {
	if c.body == nil {
		return nil
	}
	return c.body.Close()
}

// fault prefers what went wrong on the way to what that did to the content.
func (c *chunks) fault(err error, rule string) error {
	if c.err != nil {
		return c.err
	}
	if errors.Is(err, io.EOF) {
		rule = "it is empty"
	}
	return &ContentError{rule}
}

// open asks for one chunk, and compares it with the first.
func (c *chunks) open(number int) error {
	path := "/inbox/" + url.PathEscape(c.id)
	if number > 1 {
		path += "/" + strconv.Itoa(number)
	}
	answer, err := c.client.do(c.ctx, request{operation: "download message", method: http.MethodGet, path: path})
	if err != nil {
		return err
	}
	if c.body != nil {
		c.body.Close()
	}
	c.body = answer.Body
	header, at, err := headerOf(c.id, answer.Header)
	isGzip := strings.EqualFold(answer.Header.Get("Content-Encoding"), "gzip")
	switch {
	case err != nil:
		return err
	case at != number:
		return &ContentError{fmt.Sprintf("chunk %d came in place of chunk %d", at, number)}
	case number > 1 && (header.Chunks != c.header.Chunks || isGzip != c.isGzip):
		return &ContentError{fmt.Sprintf("chunk %d disagrees with the first about count or compression", number)}
	case (number < header.Chunks) != (answer.StatusCode == http.StatusPartialContent) && header.Type == Data:
		return &ContentError{fmt.Sprintf("chunk %d: status and Mex-Chunk-Range disagree", number)}
	}
	if number == 1 {
		c.header, c.isGzip = header, isGzip
	}
	c.number = number
	return nil
}

func headerOf(id string, h http.Header) (Header, int, error) {
	header := Header{
		MessageID: id, Type: Type(strings.ToUpper(h.Get("Mex-MessageType"))), From: strings.ToUpper(h.Get("Mex-From")),
		WorkflowID: h.Get("Mex-WorkflowID"), FileName: h.Get("Mex-FileName"), LocalID: h.Get("Mex-LocalID"), Subject: h.Get("Mex-Subject"),
		LinkedMessageID: h.Get("Mex-LinkedMsgID"), StatusCode: h.Get("Mex-StatusCode"), Chunks: 1,
	}
	if header.Type != Data && header.Type != Report {
		return header, 0, &ContentError{"its Mex-MessageType is not DATA or REPORT"}
	}
	at := 1
	if span := h.Get("Mex-Chunk-Range"); span != "" && header.Type == Data {
		first, last, isPair := strings.Cut(span, ":")
		number, err := strconv.Atoi(strings.TrimSpace(first))
		total, err2 := strconv.Atoi(strings.TrimSpace(last))
		if !isPair || err != nil || err2 != nil || number < 1 || number > total {
			return header, 0, &ContentError{"its Mex-Chunk-Range cannot be read"}
		}
		at, header.Chunks = number, total
	}
	return header, at, nil
}

// content is the decompressed body of an answer.
func content(answer *http.Response) (io.Reader, error) {
	if !strings.EqualFold(answer.Header.Get("Content-Encoding"), "gzip") {
		return answer.Body, nil
	}
	return gzip.NewReader(answer.Body)
}
