package config

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"careshare/load/lake"
	"careshare/load/store"
)

// S3 says how a lake at s3://bucket/prefix is reached, and where this machine's copy of it is.
type S3 struct {
	Region     string `yaml:"region"`
	Endpoint   string `yaml:"endpoint"`   // https://host of another service that speaks S3; empty: Amazon's
	Encryption string `yaml:"encryption"` // of the server's side: AES256 or aws:kms; empty: the bucket's own default
	KMSKey     string `yaml:"kms_key"`    // id of the key, with aws:kms; empty: the account's own
	Copy       string `yaml:"copy"`       // folder of this machine's copy, where runs work
}

// resolveBucket splits a lake at s3:// into its address and the folder of its copy.
func (c *Config) resolveBucket() {
	if strings.HasPrefix(c.Lake, store.Scheme) {
		c.Bucket, c.Lake = c.Lake, c.S3.Copy
	}
}

func (c Config) bucketOptions() store.Options {
	return store.Options{URL: c.Bucket, Endpoint: c.S3.Endpoint, Region: c.S3.Region, Encryption: c.S3.Encryption, KMSKey: c.S3.KMSKey}
}

// validateBucket also asks for folders of what a lake's own folder holds otherwise: the copy may be removed at any time.
func (c Config) validateBucket() error {
	if c.Bucket == "" {
		if c.S3 != (S3{}) {
			return errors.New("s3: is set, and lake is no s3://bucket/prefix")
		}
		return nil
	}
	var wrong []error
	if err := c.bucketOptions().Validate(); err != nil {
		wrong = append(wrong, errors.New("s3: "+err.Error()))
	}
	if c.S3.Copy == "" {
		wrong = append(wrong, errors.New("s3.copy: name the folder where runs work and this machine's copy of the lake is"))
	}
	if c.Mesh.isConfigured() && c.Mesh.State == "" {
		wrong = append(wrong, errors.New("mesh.state: name a folder that is kept: a lake in a bucket has none for it"))
	}
	if len(c.Delivery.Recipients) > 0 && c.Delivery.Spool == "" {
		wrong = append(wrong, errors.New("delivery.spool: name a folder that is kept: a lake in a bucket has none for it"))
	}
	return errors.Join(wrong...)
}

// OpenLake opens the lake where the configuration has it. The copy of one in a bucket is brought up to date first.
func (c Config) OpenLake(now func() time.Time) (*lake.Lake, error) {
	if c.Bucket == "" {
		return lake.Open(c.Lake, now)
	}
	bucket, err := store.Open(c.bucketOptions())
	if err != nil {
		return nil, err
	}
	return lake.OpenBucket(context.Background(), c.Lake, now, bucket)
}

// MayHaveLake says whether there may be a lake already: a bucket is asked when it is opened.
func (c Config) MayHaveLake() bool {
	_, err := os.Stat(c.Lake)
	return c.Bucket != "" || !errors.Is(err, os.ErrNotExist)
}
