package config

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"careshare/load/audit"
	"careshare/load/fault"
)

// Witness says where the audit log's signed root goes after every publication.
type Witness struct {
	KeyFile    string   `yaml:"key_file"`   // private key that signs, as careshare witness --new-key writes it
	Folder     string   `yaml:"folder"`     // of another owner: one file a root
	Recipients []string `yaml:"recipients"` // names under delivery.recipients, who get it by mail
}

// IsConfigured reports whether there is a witness.
func (w Witness) IsConfigured() bool { return w.Folder != "" || len(w.Recipients) > 0 }

func (c Config) validateWitness() error {
	var wrong []error
	if c.Witness.IsConfigured() && c.Witness.KeyFile == "" {
		wrong = append(wrong, errors.New("witness.key_file: name the file of the key that signs roots; careshare witness --new-key makes it"))
	}
	for _, name := range c.Witness.Recipients {
		if len(c.Delivery.Recipients[name].Mail) == 0 {
			wrong = append(wrong, fmt.Errorf("witness.recipients: %s is not a recipient of delivery.recipients with mail", name))
		}
	}
	return errors.Join(wrong...)
}

// Key is the private key, which only its owner may read.
func (w Witness) Key() (string, error) {
	info, err := os.Stat(w.KeyFile)
	if err != nil {
		return "", fault.WithHint(fmt.Errorf("read witness key: %w", err), "careshare witness --new-key makes it")
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fault.WithHint(errors.New("read witness key: others may read it"), "chmod 600 it; if others may have read it, make a new one with --new-key")
	}
	content, err := os.ReadFile(w.KeyFile)
	return strings.TrimSpace(string(content)), fault.Explain("read witness key", err)
}

// PublicKey checks what the configured key signed.
func (w Witness) PublicKey() (string, error) {
	private, err := w.Key()
	if err != nil {
		return "", err
	}
	return audit.PublicKey(private)
}
