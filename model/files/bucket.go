package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// bucket keeps files in Tencent COS, MinIO or whatever else speaks S3.
type bucket struct {
	client *minio.Client
	name   string
}

func openBucket(u *url.URL) (*bucket, error) {
	secret, _ := u.User.Password()
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(u.User.Username(), secret, ""), Secure: u.Query().Get("tls") != "off", Region: u.Query().Get("region"),
		MaxRetries: 3,
	})
	if err != nil {
		return nil, fmt.Errorf("files: %s cannot be used", u.Host) // the cause may quote the address with its secret
	}
	return &bucket{client, strings.Trim(u.Path, "/")}, nil
}

func (b *bucket) put(ctx context.Context, name string, data []byte) error {
	_, err := b.client.PutObject(ctx, b.name, name, bytes.NewReader(data), int64(len(data)), minio.PutObjectOptions{DisableMultipart: true})
	return err
}

func (b *bucket) get(ctx context.Context, name string) ([]byte, error) {
	object, err := b.client.GetObject(ctx, b.name, name, minio.GetObjectOptions{})
	if err != nil {
		return nil, absent(err)
	}
	data, err := io.ReadAll(object)
	return data, absent(errors.Join(err, object.Close()))
}

func (b *bucket) delete(ctx context.Context, name string) error {
	return absent(b.client.RemoveObject(ctx, b.name, name, minio.RemoveObjectOptions{}))
}

func (b *bucket) ping(ctx context.Context) error {
	there, err := b.client.BucketExists(ctx, b.name)
	if err == nil && !there {
		err = fmt.Errorf("files: there is no bucket %s", b.name)
	}
	return err
}

func (b *bucket) close() error { return nil }

func absent(err error) error {
	var answer minio.ErrorResponse
	if errors.As(err, &answer) && (answer.StatusCode == http.StatusNotFound || answer.Code == minio.NoSuchKey) {
		return errAbsent
	}
	return err
}
