package bulk

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Manifest is the output manifest of Bulk Data Access 3.0.0 ("Bulk Data Output Manifest").
type Manifest struct {
	TransactionTime     string          `json:"transactionTime"` // instant; nothing of the export is newer
	Request             string          `json:"request"`
	RequiresAccessToken *bool           `json:"requiresAccessToken"`
	OutputOrganizedBy   string          `json:"outputOrganizedBy,omitempty"`
	Output              []File          `json:"output"`
	Deleted             []File          `json:"deleted,omitempty"`
	Error               []File          `json:"error"`
	Link                []Link          `json:"link,omitempty"`
	Extension           json.RawMessage `json:"extension,omitempty"`
}

// File is one file of an export. In a folder its URL is the file's name.
type File struct {
	Type            string          `json:"type"`
	URL             string          `json:"url"`
	Count           *int64          `json:"count,omitempty"` // lines; nil: the server did not say
	ContinuesInFile string          `json:"continuesInFile,omitempty"`
	Extension       json.RawMessage `json:"extension,omitempty"`
}

// Link leads from one page of a manifest to the next.
type Link struct {
	Relation string `json:"relation"`
	URL      string `json:"url"`
}

// check returns what the standard requires and the manifest is without.
func (m *Manifest) check() error {
	if _, err := time.Parse(time.RFC3339Nano, m.TransactionTime); err != nil {
		return errors.New("the manifest's transactionTime is not a valid instant")
	}
	switch {
	case m.Request == "":
		return errors.New("the manifest is without request")
	case m.RequiresAccessToken == nil:
		return errors.New("the manifest is without requiresAccessToken")
	case m.Output == nil:
		return errors.New("the manifest is without output")
	case m.Error == nil:
		return errors.New("the manifest is without error")
	}
	for _, file := range m.Output {
		if !isType(file.Type) { // it becomes part of a file's name
			return errors.New("the manifest names an unknown resource type")
		}
	}
	return nil
}

// isType tells a resource type: letters, the first a capital.
func isType(name string) bool {
	letters := strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz") == ""
	return letters && len(name) > 0 && len(name) <= 64 && name[0] >= 'A' && name[0] <= 'Z'
}

// next is the address of the next page, empty on the last.
func (m *Manifest) next() string {
	for _, link := range m.Link {
		if link.Relation == "next" {
			return link.URL
		}
	}
	return ""
}

// add appends a page. Every page must repeat what the first says of the export.
func (m *Manifest) add(page Manifest) error {
	if page.TransactionTime != m.TransactionTime || page.Request != m.Request || *page.RequiresAccessToken != *m.RequiresAccessToken {
		return fmt.Errorf("%w: its manifests disagree", errStale)
	}
	m.Output = append(m.Output, page.Output...)
	m.Deleted = append(m.Deleted, page.Deleted...)
	m.Error = append(m.Error, page.Error...)
	return nil
}

// print is the manifest's fingerprint: what may not change while its files are fetched. URLs may: a server renews them.
func (m *Manifest) print() string {
	sum := sha256.New()
	fmt.Fprintln(sum, m.TransactionTime)
	for _, entry := range m.entries() {
		count := int64(-1)
		if entry.Count != nil {
			count = *entry.Count
		}
		fmt.Fprintln(sum, entry.kind, entry.Type, count)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// entry is one file of the manifest and what its name begins with: its type, or "deleted" or "error".
type entry struct {
	*File
	kind string
}

// entries is the manifest's files, in the order of its lists.
func (m *Manifest) entries() (entries []entry) {
	for i := range m.Output {
		entries = append(entries, entry{&m.Output[i], m.Output[i].Type})
	}
	for i := range m.Deleted {
		entries = append(entries, entry{&m.Deleted[i], "deleted"})
	}
	for i := range m.Error {
		entries = append(entries, entry{&m.Error[i], "error"})
	}
	return entries
}

// name puts the files' names and counts in the place of their addresses.
func (m *Manifest) name(files []file) {
	names := map[string]string{}
	for i, entry := range m.entries() {
		names[entry.URL] = files[i].name
		entry.URL, entry.Count = files[i].name, &files[i].lines
	}
	m.Error = slices.DeleteFunc(m.Error, func(f File) bool { return f.URL == "" }) // they could not be read
	for i := range m.Output {
		m.Output[i].ContinuesInFile = names[m.Output[i].ContinuesInFile]
	}
}
