package delivery

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ToFolder puts a delivery into the recipient's folder, in one of its own name that appears whole. What stands there
// from an attempt whose record was lost is taken for it where it is the same.
func ToFolder(_ context.Context, d Delivery, h Handover, files []string) error {
	target := filepath.Join(h.Folder, d.ID)
	if _, err := os.Stat(target); err == nil {
		return sameFolder(target, d, h)
	}
	part := filepath.Join(h.Folder, ".part-"+d.ID)
	if err := errors.Join(os.RemoveAll(part), os.MkdirAll(part, 0o700)); err != nil {
		return fmt.Errorf("folder of %s: %w", h.Recipient, err)
	}
	for _, path := range files {
		if _, err := copyFile(path, filepath.Join(part, filepath.Base(path))); err != nil {
			return fmt.Errorf("folder of %s: %w", h.Recipient, err)
		}
	}
	if err := os.WriteFile(filepath.Join(part, readMe), []byte(words(d, h)), 0o600); err != nil {
		return fmt.Errorf("folder of %s: %w", h.Recipient, err)
	}
	if err := errors.Join(syncPath(filepath.Join(part, readMe)), appear(part, target)); err != nil {
		return fmt.Errorf("folder of %s: %w", h.Recipient, err)
	}
	return nil
}

const readMe = "about.txt"

func sameFolder(target string, d Delivery, h Handover) error {
	if !h.WithFiles {
		return nil
	}
	for _, file := range d.Files {
		found, err := hashOf(filepath.Join(target, file.Name))
		if err != nil || found != file.SHA256 {
			return refused("the folder of %s holds another %s", h.Recipient, d.ID)
		}
	}
	return nil
}

// words are the text of a message, or of the note beside the files.
func words(d Delivery, h Handover) string {
	lines := d.Lines
	if !h.WithFiles && d.Place != "" {
		lines = append([]string{"The report stays where it is, for those who may read it: " + d.Place, ""}, lines...)
	}
	return strings.Join(lines, "\r\n") + "\r\n"
}
