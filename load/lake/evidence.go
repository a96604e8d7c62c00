package lake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"careshare/load/audit"
	"careshare/load/disk"
	"careshare/load/fault"
)

// Evidence shows that a file of a snapshot was published, to whoever has this alone: the file's place and SHA-256 in the
// list of all outputs, whose own SHA-256 the log's entry of the publication bears, and the proof that this entry is in the log.
type Evidence struct {
	Dataset string      `json:"dataset"`
	Path    string      `json:"path"`    // within the snapshot
	SHA256  string      `json:"sha256"`  // of the file
	Outputs string      `json:"outputs"` // the list, as sha256sum writes it
	Proof   audit.Proof `json:"proof"`
}

// Evidence gathers what shows that a dataset was in the snapshot that the log tells of.
func (l *Lake) Evidence(s Snapshot, dataset string) (Evidence, error) {
	manifest, err := s.Manifest()
	if err != nil {
		return Evidence{}, err
	}
	log, err := l.Log()
	if err != nil {
		return Evidence{}, err
	}
	e := Evidence{Dataset: dataset, Outputs: contentList(manifest.Outputs)}
	for _, d := range manifest.Datasets {
		if d.Dataset == dataset {
			e.Path = d.Path
		}
	}
	for _, file := range manifest.Outputs {
		if file.Path == e.Path {
			e.SHA256 = file.SHA256
		}
	}
	if e.SHA256 == "" {
		return Evidence{}, fmt.Errorf("prove %s: the snapshot does not hold it", dataset)
	}
	number := audit.LastEntry(log.Entries, func(e audit.Entry) bool { return e.Event == audit.Published && e.Run == s.ID })
	if number < 0 {
		return Evidence{}, fmt.Errorf("prove %s: the log has no entry of snapshot %s", dataset, s.ID)
	}
	e.Proof, err = log.Prove(number)
	return e, err
}

// CheckEvidence checks evidence with nothing else at hand: that the file is in the list, the list is what the entry says was
// published, and the entry is in the log of the root. Given a root from elsewhere, it must be that one; given the file, it
// must be the one that was published.
func CheckEvidence(ctx context.Context, e Evidence, root, file string) error {
	if root != "" && e.Proof.Root.Hash.String() != root {
		return errOtherRoot()
	}
	if err := audit.CheckProof(e.Proof, e.Proof.Root); err != nil {
		return err
	}
	var entry audit.Entry
	if err := json.Unmarshal([]byte(e.Proof.Entry), &entry); err != nil || entry.Event != audit.Published {
		return errors.New("check proof: the entry is not of a publication")
	}
	if disk.SHA256([]byte(e.Outputs)) != entry.Content {
		return errors.New("check proof: the list of files is not what was published")
	}
	if !strings.Contains("\n"+e.Outputs, "\n"+e.SHA256+"  "+e.Path+"\n") {
		return errors.New("check proof: the file is not in the list of what was published")
	}
	if file == "" {
		return nil
	}
	digest, _, err := disk.HashFile(ctx, file)
	if err != nil {
		return fault.Explain("check proof", err)
	}
	if digest != e.SHA256 {
		return errors.New("check proof: the file is not the one that was published")
	}
	return nil
}
