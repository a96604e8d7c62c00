package mailbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"careshare/extract"
	"careshare/extract/mesh"
)

// Failure is what somebody must follow up.
type Failure struct {
	At       time.Time `json:"at"`
	Rule     string    `json:"rule"`           // such as not_delivered, unknown_workflow
	Code     string    `json:"code,omitempty"` // of MESH, such as 14
	Owner    string    `json:"owner"`
	Resolved time.Time `json:"resolved,omitzero"` // zero: open
	Note     string    `json:"note,omitempty"`    // who resolved it wrote it
}

// Sent is one file that was sent. Its record exists before its first attempt.
type Sent struct {
	LocalID    string     `json:"local_id"`
	Exchange   string     `json:"exchange"`
	WorkflowID string     `json:"workflow_id"`
	To         string     `json:"to"`
	File       string     `json:"file"`    // name in the outbox
	SentAs     string     `json:"sent_as"` // name that the recipient sees
	SHA256     string     `json:"sha256"`  // of its content
	Bytes      int64      `json:"bytes"`
	Attempt    int        `json:"attempt"` // 1, or more where the owner sent it again
	Begun      time.Time  `json:"begun"`
	MessageID  string     `json:"message_id,omitempty"` // MESH's
	State      mesh.State `json:"state"`                // empty: it is not known whether MESH has it
	Changed    time.Time  `json:"changed"`              // when State was last found to differ
	Failure    *Failure   `json:"failure,omitempty"`
}

// Received is one message that arrived.
type Received struct {
	MessageID    string    `json:"message_id"`
	Type         mesh.Type `json:"type"`
	Exchange     string    `json:"exchange,omitempty"` // empty: no exchange takes it
	WorkflowID   string    `json:"workflow_id"`
	From         string    `json:"from"`
	Answers      string    `json:"answers,omitempty"` // local id of the sent file that this answers or reports on
	File         string    `json:"file,omitempty"`    // path; empty for a report
	SHA256       string    `json:"sha256,omitempty"`
	Bytes        int64     `json:"bytes"`
	Stored       time.Time `json:"stored"`
	Acknowledged time.Time `json:"acknowledged,omitzero"`
	Failure      *Failure  `json:"failure,omitempty"`
}

func (f *Failure) isOpen() bool { return f != nil && f.Resolved.IsZero() }

// localID names a file of an exchange by its content, so that the same file has the same id whenever it is asked for.
func localID(e Exchange, sha string, attempt int) string {
	id := strings.ReplaceAll(e.Name, "_", "-") + "-" + sha[:40]
	if attempt > 1 {
		id += fmt.Sprintf("-%d", attempt)
	}
	return id
}

func (m *Mailbox) sentPath(localID string) string {
	return filepath.Join(m.o.State, "sent", localID+".json")
}
func (m *Mailbox) receivedPath(id string) string {
	return filepath.Join(m.o.State, "received", id+".json")
}

func (m *Mailbox) keepSent(s Sent) error { return write(m.sentPath(s.LocalID), s) }

func (m *Mailbox) keepReceived(r Received) error { return write(m.receivedPath(r.MessageID), r) }

func write(path string, record any) error {
	text, err := json.MarshalIndent(record, "", "  ")
	if err == nil {
		err = extract.WriteWhole(path, strings.NewReader(string(text)+"\n"))
	}
	if err != nil {
		return fmt.Errorf("keep the record of a message: %w", err)
	}
	return nil
}

// read reads a record; found is false where there is none.
func read[T any](path string) (record T, found bool, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return record, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &record)
	}
	if err != nil {
		return record, false, fmt.Errorf("read the record %s of a message: %w", filepath.Base(path), err)
	}
	return record, true, nil
}

// readAll reads every record of a folder, in the order of their names.
func readAll[T any](folder string) (records []T, err error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("list the records of messages: %w", err)
	}
	for _, path := range paths {
		record, _, err := read[T](path)
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
	return records, nil
}

func makeFolders(base string, names ...string) error {
	for _, name := range names {
		if err := os.MkdirAll(filepath.Join(base, name), 0o700); err != nil {
			return fmt.Errorf("make the folder of records: %w", err)
		}
	}
	return nil
}

// digest is the SHA-256 of a file, in hex, and its size.
func digest(path string) (sha string, size int64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer file.Close()
	hash := sha256.New()
	size, err = io.Copy(hash, file)
	return hex.EncodeToString(hash.Sum(nil)), size, err
}
