// Package store keeps objects in a bucket of S3 or of a service that speaks S3, below one prefix.
package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"

	"careshare/load/disk"
	"careshare/load/fault"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/encrypt"
)

// Options say which bucket, where, and how what is put there is encrypted.
type Options struct {
	URL        string // s3://bucket/prefix
	Endpoint   string // https://host[:port] of a service that speaks S3; empty: Amazon's
	Region     string
	Encryption string // of the server's side: empty (the bucket's own default), AES256 or aws:kms
	KMSKey     string // with aws:kms: the key's id; empty: the account's own

	Transport http.RoundTripper // null: the usual one; tests break it
	Attempts  int               // at each request; 0: as many as the client library makes
}

// Scheme begins the address of a bucket.
const Scheme = "s3://"

// Errors that a caller acts on.
var (
	ErrChanged = errors.New("the object is not the one that was expected") // a conditional put was refused
	ErrMissing = errors.New("there is no such object")
)

// mostBytes is how large an object may be that is put in one request, which S3 limits. Only such a put is conditional and whole.
const mostBytes = 5 << 30

// Bucket is a bucket's objects below a prefix.
type Bucket struct {
	client     *minio.Client
	bucket     string
	prefix     string // ends with a slash, or is empty
	encryption encrypt.ServerSide
}

// Object is one object's key, below the prefix, and its size.
type Object struct {
	Key   string
	Bytes int64
}

// Validate says what is wrong with the options.
func (o Options) Validate() error {
	address, err := url.Parse(o.URL)
	if err != nil || address.Scheme != "s3" || address.Host == "" || address.RawQuery != "" || address.Fragment != "" || address.User != nil {
		return errors.New("a bucket's address is s3://bucket/prefix")
	}
	if path.Clean("/"+address.Path) != "/"+strings.Trim(address.Path, "/") {
		return errors.New("an empty part, . or .. is in the prefix of the bucket's address")
	}
	if _, _, err := o.host(); err != nil {
		return err
	}
	_, err = o.serverSide()
	return err
}

// host is where requests go, and whether over TLS. Only the machine itself may be spoken to without.
func (o Options) host() (host string, secure bool, err error) {
	if o.Endpoint == "" {
		return "s3.amazonaws.com", true, nil
	}
	address, err := url.Parse(o.Endpoint)
	if err != nil || address.Host == "" || strings.Trim(address.Path, "/") != "" || address.RawQuery != "" || address.User != nil {
		return "", false, errors.New("endpoint: must be https://host or https://host:port")
	}
	ip := net.ParseIP(address.Hostname())
	isHere := address.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if address.Scheme != "https" && (address.Scheme != "http" || !isHere) {
		return "", false, errors.New("endpoint: must begin with https://: personal data never leaves the machine without TLS")
	}
	return address.Host, address.Scheme == "https", nil
}

func (o Options) serverSide() (encrypt.ServerSide, error) {
	switch {
	case o.KMSKey != "" && o.Encryption != "aws:kms":
		return nil, errors.New("kms_key: goes with encryption: aws:kms")
	case o.Encryption == "":
		return nil, nil
	case o.Encryption == "AES256":
		return encrypt.NewSSE(), nil
	case o.Encryption == "aws:kms":
		return encrypt.NewSSEKMS(o.KMSKey, nil)
	}
	return nil, errors.New("encryption: must be AES256 or aws:kms, or left out for the bucket's own default")
}

// Open gives the bucket. The credentials are found as Amazon's own tools find them: environment, file, then the role of the machine,
// container or service account. It asks the bucket nothing.
func Open(o Options) (*Bucket, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	host, secure, err := o.host()
	if err != nil {
		return nil, err
	}
	encryption, err := o.serverSide()
	if err != nil {
		return nil, err
	}
	client, err := minio.New(host, &minio.Options{
		Creds:  credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{}}),
		Secure: secure, Region: o.Region, Transport: o.Transport, MaxRetries: o.Attempts,
	})
	if err != nil {
		return nil, fmt.Errorf("open bucket: %w", err)
	}
	address, _ := url.Parse(o.URL) // Validate has read it
	b := &Bucket{client: client, bucket: address.Host, prefix: strings.Trim(address.Path, "/"), encryption: encryption}
	if b.prefix != "" {
		b.prefix += "/"
	}
	return b, nil
}

// String is the address of the bucket and prefix.
func (b *Bucket) String() string { return Scheme + b.bucket + "/" + strings.TrimSuffix(b.prefix, "/") }

// explain names the operation and the object, tells what a caller acts on, and never repeats what the object holds.
func (b *Bucket) explain(operation, key string, err error) error {
	if err == nil {
		return nil
	}
	operation += " " + Scheme + b.bucket + "/" + b.prefix + key
	var answer minio.ErrorResponse
	_ = errors.As(err, &answer) // else no answer came
	switch {
	case answer.StatusCode == http.StatusPreconditionFailed || answer.Code == "PreconditionFailed" || answer.Code == "ConditionalRequestConflict":
		return fmt.Errorf("%s: %w", operation, ErrChanged)
	case answer.Code == "NoSuchKey":
		return fmt.Errorf("%s: %w", operation, ErrMissing)
	case answer.Code == "NoSuchBucket":
		return fault.Hinted("make the bucket, or correct its name in careshare.yaml", "%s: there is no such bucket", operation)
	case answer.StatusCode == http.StatusForbidden || answer.StatusCode == http.StatusUnauthorized:
		return fault.Hinted("give careshare credentials (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role) that may get, put, list and delete below the prefix",
			"%s: access denied (%s)", operation, answer.Code)
	}
	return fmt.Errorf("%s: %w", operation, err)
}

// Get reads a small object, and its tag, which changes with every put.
func (b *Bucket) Get(ctx context.Context, key string) (data []byte, tag string, err error) {
	object, err := b.client.GetObject(ctx, b.bucket, b.prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return nil, "", b.explain("get", key, err)
	}
	defer object.Close()
	if data, err = io.ReadAll(object); err != nil {
		return nil, "", b.explain("get", key, err)
	}
	info, err := object.Stat()
	return data, info.ETag, b.explain("get", key, err)
}

// PutIf writes a small object where the present one has the tag, or where there is none and the tag is empty; else the error is
// ErrChanged. It gives the new tag.
func (b *Bucket) PutIf(ctx context.Context, key string, data []byte, tag string) (string, error) {
	options := minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true, SendContentMd5: true, ServerSideEncryption: b.encryption}
	if tag == "" {
		options.SetMatchETagExcept("*")
	} else {
		options.SetMatchETag(tag)
	}
	info, err := b.client.PutObject(ctx, b.bucket, b.prefix+key, bytes.NewReader(data), int64(len(data)), options)
	return info.ETag, b.explain("put", key, err)
}

// Upload puts a file where there is no object of that key yet, or the very same one.
func (b *Bucket) Upload(ctx context.Context, key, file, digest string) error {
	opened, err := os.Open(file)
	if err != nil {
		return err
	}
	defer opened.Close()
	info, err := opened.Stat()
	if err != nil {
		return err
	}
	if info.Size() > mostBytes {
		return fmt.Errorf("put %s: more than 5 GiB, which S3 does not take in one request", key)
	}
	options := minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true, SendContentMd5: true, ServerSideEncryption: b.encryption}
	options.SetMatchETagExcept("*")
	_, err = b.client.PutObject(ctx, b.bucket, b.prefix+key, opened, info.Size(), options)
	if err = b.explain("put", key, err); !errors.Is(err, ErrChanged) {
		return err
	}
	if there, _, hashed := b.Hash(ctx, key); hashed != nil || there != digest { // an answer that was lost, and the same put again, is no fault
		return errors.Join(err, hashed)
	}
	return nil
}

// Download writes an object to a file that appears whole, and gives its SHA-256.
func (b *Bucket) Download(ctx context.Context, key, file string) (digest string, err error) {
	object, err := b.client.GetObject(ctx, b.bucket, b.prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return "", b.explain("get", key, err)
	}
	defer object.Close()
	hash := sha256.New()
	if err := disk.WriteFrom(file, io.TeeReader(object, hash)); err != nil {
		return "", b.explain("get", key, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// Hash reads an object and gives its SHA-256 and size.
func (b *Bucket) Hash(ctx context.Context, key string) (digest string, size int64, err error) {
	object, err := b.client.GetObject(ctx, b.bucket, b.prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return "", 0, b.explain("read", key, err)
	}
	defer object.Close()
	hash := sha256.New()
	size, err = io.Copy(hash, object)
	return hex.EncodeToString(hash.Sum(nil)), size, b.explain("read", key, err)
}

// List gives every object below a folder of the prefix, by key; below the whole prefix where the folder is empty.
func (b *Bucket) List(ctx context.Context, under string) (objects []Object, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for info := range b.client.ListObjects(ctx, b.bucket, minio.ListObjectsOptions{Prefix: b.prefix + under, Recursive: true}) {
		if info.Err != nil {
			return nil, b.explain("list", under, info.Err)
		}
		if !strings.HasSuffix(info.Key, "/") { // what a console makes for a folder
			objects = append(objects, Object{strings.TrimPrefix(info.Key, b.prefix), info.Size})
		}
	}
	return objects, ctx.Err()
}

// Delete removes an object; one that is not there is no error.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	return b.explain("delete", key, b.client.RemoveObject(ctx, b.bucket, b.prefix+key, minio.RemoveObjectOptions{}))
}

// Make makes the bucket itself.
func (b *Bucket) Make(ctx context.Context) error {
	return b.explain("make", "", b.client.MakeBucket(ctx, b.bucket, minio.MakeBucketOptions{}))
}

// KeepsOldVersions reports whether the bucket keeps what was deleted or overwritten.
func (b *Bucket) KeepsOldVersions(ctx context.Context) (bool, error) {
	versioning, err := b.client.GetBucketVersioning(ctx, b.bucket)
	return versioning.Status != "", b.explain("ask the versioning of", "", err)
}
