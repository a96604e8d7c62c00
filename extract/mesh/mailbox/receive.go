package mailbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"careshare/extract"
	"careshare/extract/mesh"
)

// mostMessages is how many messages one call takes from the inbox. The next call takes the others.
const mostMessages = 5000

// Receive shakes hands, takes every message that waits, and learns what became of the messages that were sent. One bad
// message does not stop the next. The error joins what kept messages in the inbox; they stay there.
func (m *Mailbox) Receive(ctx context.Context) (taken []Received, err error) {
	release, err := m.lock()
	if err != nil {
		return nil, err
	}
	defer release()
	if err := m.retry(ctx, func() error { return m.client.Handshake(ctx) }); err != nil {
		return nil, err
	}
	var ids []string
	if err := m.retry(ctx, func() (err error) { ids, err = m.client.Inbox(ctx, mostMessages); return err }); err != nil {
		return nil, err
	}
	var left []error
	for _, id := range ids {
		received, err := m.take(ctx, id)
		if err == nil {
			taken = append(taken, received)
			continue
		}
		left = append(left, fmt.Errorf("message %s stays in the inbox: %w", id, err))
		if ctx.Err() != nil || isRefused(err) {
			return taken, errors.Join(left...)
		}
	}
	return taken, errors.Join(append(left, m.track(ctx))...)
}

// isRefused reports whether MESH refuses this mailbox itself, so that nothing else will work.
func isRefused(err error) bool {
	return mesh.IsStatus(err, http.StatusForbidden) || mesh.IsStatus(err, http.StatusUnauthorized)
}

// take stores one message, records it, and only then acknowledges it.
func (m *Mailbox) take(ctx context.Context, id string) (Received, error) {
	record, found, err := read[Received](m.receivedPath(id))
	if err != nil {
		return Received{}, err
	}
	if !found || !m.isStored(record) {
		if record, err = m.store(ctx, id); err != nil {
			return Received{}, err
		}
	}
	if err := m.report(record); err != nil {
		return Received{}, err
	}
	m.o.Step("stored")
	err = m.retry(ctx, func() error { return m.client.Acknowledge(ctx, id) })
	if err != nil && !mesh.IsStatus(err, http.StatusGone) {
		return Received{}, err
	}
	m.o.Step("acknowledged")
	if record.Acknowledged.IsZero() {
		record.Acknowledged = m.o.Now().UTC()
	}
	return record, m.keepReceived(record)
}

// isStored reports whether nothing is left to download: a file was once taken from here whole, or it is still there.
// Whoever reads the folder may have removed the file of an acknowledged message.
func (m *Mailbox) isStored(r Received) bool {
	if r.Type == mesh.Report || !r.Acknowledged.IsZero() {
		return true
	}
	sha, _, err := digest(r.File)
	return err == nil && sha == r.SHA256
}

// downloading is the file of the message that is being downloaded. The next download writes over what a crash left.
const downloading = ".downloading"

// store downloads a message into its place, and records it.
func (m *Mailbox) store(ctx context.Context, id string) (Received, error) {
	part := filepath.Join(m.o.State, downloading)
	defer os.Remove(part)
	var header mesh.Header
	var sha string
	var size int64
	err := m.retry(ctx, func() (err error) { header, sha, size, err = m.download(ctx, id, part); return err })
	if err != nil {
		return Received{}, err // MESH keeps the message; its sender hears of it when it expires
	}
	record := Received{
		MessageID: id, Type: header.Type, WorkflowID: header.WorkflowID, From: header.From,
		SHA256: sha, Bytes: size, Stored: m.o.Now().UTC(),
	}
	if header.Type == mesh.Report {
		err = m.readReport(&record, header)
	} else {
		err = m.place(&record, header, part)
	}
	if err != nil {
		return Received{}, err
	}
	m.o.Step("placed")
	return record, m.keepReceived(record)
}

func (m *Mailbox) download(ctx context.Context, id, part string) (header mesh.Header, sha string, size int64, err error) {
	file, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return header, "", 0, fmt.Errorf("store message: %w", err)
	}
	hash, counted := sha256.New(), &counter{}
	header, err = m.client.Download(ctx, id, io.MultiWriter(file, hash, counted))
	return header, hex.EncodeToString(hash.Sum(nil)), counted.bytes, errors.Join(err, file.Sync(), file.Close())
}

type counter struct{ bytes int64 }

func (c *counter) Write(p []byte) (int, error) { c.bytes += int64(len(p)); return len(p), nil }

// place gives a downloaded file its name in the folder of its exchange, or among the unclaimed with a failure.
func (m *Mailbox) place(record *Received, header mesh.Header, part string) error {
	request, err := m.answered(header)
	if err != nil {
		return err
	}
	exchange, rule := m.route(header)
	if rule == "" && request == nil && strings.Contains(exchange.SaveAs, "{request}") {
		rule = "answers_nothing_sent"
	}
	record.Exchange, record.File = exchange.Name, filepath.Join(m.o.State, "unclaimed", record.MessageID)
	if request != nil {
		record.Answers = request.LocalID
	}
	if rule != "" {
		record.Failure = &Failure{At: record.Stored, Rule: rule, Owner: m.ownerOf(header.WorkflowID)}
	} else {
		record.File = filepath.Join(exchange.Folder, saveAs(exchange, record.MessageID, request))
	}
	file, err := os.Open(part)
	if err != nil {
		return fmt.Errorf("store message: %w", err)
	}
	defer file.Close()
	if err := extract.WriteWhole(record.File, file); err != nil {
		return fmt.Errorf("store message: %w", err)
	}
	return nil
}

func saveAs(e Exchange, id string, request *Sent) string {
	name := strings.ReplaceAll(e.SaveAs, "{message}", id)
	if request == nil {
		return name
	}
	stem := strings.TrimSuffix(request.File, strings.TrimPrefix(e.Match, "*"))
	if e.Match == "" {
		stem = strings.TrimSuffix(request.File, filepath.Ext(request.File))
	}
	return strings.ReplaceAll(name, "{request}", stem)
}

// answered finds the sent file that a message answers: services return our local id as theirs or as the file's name.
func (m *Mailbox) answered(h mesh.Header) (*Sent, error) {
	stem := strings.TrimSuffix(h.FileName, filepath.Ext(h.FileName))
	for _, id := range []string{h.LocalID, h.FileName, stem} {
		if id == "" || id != filepath.Base(id) || len(id) > 200 {
			continue
		}
		sent, found, err := read[Sent](m.sentPath(id))
		if err != nil {
			return nil, err
		}
		if found && sent.To == h.From {
			return &sent, nil
		}
	}
	return nil, nil
}

// ownerOf is the owner of the exchange of a workflow, or of the first exchange.
func (m *Mailbox) ownerOf(workflow string) string {
	for _, e := range m.o.Exchanges {
		if e.WorkflowID == workflow {
			return e.Owner
		}
	}
	return m.o.Exchanges[0].Owner
}
