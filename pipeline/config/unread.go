package config

import (
	"path"
	"strings"

	"careshare/extract/casestore"
	"careshare/extract/inbox"
)

// Inbox is a folder in which files arrive, and which of them careshare reads.
type Inbox struct {
	Subject, Folder string
	takes           func(path string) bool
}

// Unread names the files that no rule takes; where there is nothing else, that is an error.
func (i Inbox) Unread() ([]string, error) {
	if i.Folder == "" {
		return nil, nil
	}
	return inbox.Unread(i.Folder, i.takes)
}

// Inboxes are the council's own folders. The health senders' are surveyed as they are read.
func (c Config) Inboxes() []Inbox {
	return []Inbox{
		{"case store", c.CaseStore.folder(), c.takesOfCaseStore()},
		{"cpis", c.CPIS.Folder, func(at string) bool {
			folder := path.Dir(at)
			return strings.HasSuffix(at, ".xml") && (folder == "acknowledgements" || folder == "notifications" || folder == "inactive")
		}},
		{"trace", c.Trace.Folder, func(at string) bool {
			return path.Dir(at) != "inbox" || strings.HasSuffix(at, ".csv") // only inbox/ is read
		}},
		{"opt-out", c.OptOut.Folder, func(at string) bool {
			return strings.HasSuffix(at, ".request.dat") || strings.HasSuffix(at, ".reply.dat")
		}},
		{"returns", c.Returns.Folder, func(at string) bool { return at == "postcodes.csv" || at == "social_workers.csv" }},
	}
}

// folder is where a case store's files are; a database has none.
func (s CaseStore) folder() string {
	if s.Kind == "csv" || s.Kind == "parquet" {
		return s.Location
	}
	return ""
}

func (c Config) takesOfCaseStore() func(path string) bool {
	return casestore.Options{Kind: c.CaseStore.Kind, Conventions: &c.Conventions}.Takes()
}
