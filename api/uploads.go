package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/service/upload"
)

const uploadsTag = "Uploads"

func (a *API) uploadRoutes() {
	handle(a, operation{
		id: "createUpload", method: http.MethodPost, path: "/v1/uploads", tag: uploadsTag, once: true, file: true, status: http.StatusCreated,
		timeout: fileTimeout, summary: "Send a photo or a recording, to attach it to what I write within a day",
	}, a.createUpload)
	handle(a, operation{
		id: "getUpload", method: http.MethodGet, path: "/v1/uploads/{id}", tag: uploadsTag,
		summary: "A photo or a recording with links to its bytes, for its owner and for whoever sees what it belongs to",
	}, a.getUpload)
	handle(a, operation{
		id: "getUploadFile", method: http.MethodGet, path: "/v1/uploads/{id}/file", tag: uploadsTag, public: true,
		summary: "The bytes, for whoever has a link that has not expired",
	}, a.getUploadFile)
	a.describeUploads()
}

// describeUploads says in the description what huma cannot see: bodies that are files.
func (a *API) describeUploads() {
	binary := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	paths := a.huma.OpenAPI().Paths
	paths["/v1/uploads"].Post.RequestBody = &huma.RequestBody{
		Required: true, Description: "One file, at most 10 MiB: JPEG, PNG or lossy WebP of up to 25 megapixels; MP3 or AAC of up to 60 seconds",
		Content: map[string]*huma.MediaType{multipartForm: {Schema: &huma.Schema{
			Type: huma.TypeObject, Properties: map[string]*huma.Schema{filePart: binary}, Required: []string{filePart}, AdditionalProperties: false,
		}}},
	}
	file := paths["/v1/uploads/{id}/file"].Get.Responses["200"]
	file.Description, file.Content = "The bytes", map[string]*huma.MediaType{}
	for _, kind := range []string{"image/jpeg", "audio/mpeg", "audio/aac"} {
		file.Content[kind] = &huma.MediaType{Schema: binary}
	}
}

const (
	multipartForm = "multipart/form-data"
	filePart      = "file"
	// envelope is what may be around the file.
	envelope = 64 << 10
)

type createUploadIn struct {
	Addressed
	contentType string
	body        io.Reader
}

// Resolve keeps the body for the service, which reads it as a stream.
func (in *createUploadIn) Resolve(c huma.Context) []error {
	in.contentType = c.Header("Content-Type")
	in.body = http.MaxBytesReader(nil, io.NopCloser(c.BodyReader()), upload.MaxBytes+envelope)
	return in.Addressed.Resolve(c)
}

// file begins to read the body. Faults: unsupported_media_type, and those of reading on.
func (in *createUploadIn) file() (io.Reader, error) {
	kind, parameters, err := mime.ParseMediaType(in.contentType)
	if err != nil || kind != multipartForm || parameters["boundary"] == "" {
		return nil, ErrUnsupported
	}
	f := &sentFile{parts: multipart.NewReader(in.body, parameters["boundary"])}
	switch f.part, err = f.parts.NextPart(); {
	case errors.Is(err, io.EOF):
		return nil, fault.InvalidField(filePart, "required", "请选择文件。", "Choose a file.")
	case err != nil:
		return nil, notRead(err)
	case f.part.FormName() != filePart:
		return nil, ErrUnknownField
	}
	return f, nil
}

// sentFile is the only part of a body, read as it comes.
// Faults: malformed, too_large, and unknown_field when another part follows.
type sentFile struct {
	parts *multipart.Reader
	part  *multipart.Part
}

// Read reads on.
func (f *sentFile) Read(p []byte) (int, error) {
	n, err := f.part.Read(p)
	switch {
	case err == nil:
		return n, nil
	case !errors.Is(err, io.EOF):
		return n, notRead(err)
	}
	switch _, err := f.parts.NextPart(); {
	case errors.Is(err, io.EOF):
		return n, io.EOF
	case err != nil:
		return n, notRead(err)
	}
	return n, ErrUnknownField
}

func notRead(err error) error {
	var limit *http.MaxBytesError
	if errors.As(err, &limit) {
		return ErrTooLarge
	}
	return ErrMalformed.Because(err)
}

type uploadOut struct {
	ID          model.UploadID     `json:"id"`
	Kind        model.UploadKind   `json:"kind" enum:"photo,voice"`
	ContentType string             `json:"contentType" doc:"As it is kept, which is not as it was sent"`
	Bytes       int                `json:"bytes"`
	Width       int                `json:"width,omitempty"`
	Height      int                `json:"height,omitempty"`
	Millis      int                `json:"durationMs,omitempty"`
	Status      model.UploadStatus `json:"status" enum:"pending,held,passed,refused" doc:"Others than its owner see it once it has passed"`
	URL         string             `json:"url" doc:"Opens without a token, until linksExpireAt"`
	Thumbnail   string             `json:"thumbnailUrl,omitempty" doc:"A photo at most 320 pixels wide and high"`
	ExpiresAt   time.Time          `json:"linksExpireAt"`
	CreatedAt   time.Time          `json:"createdAt"`
}

func uploadFrom(u upload.Shown, origin string) uploadOut {
	out := uploadOut{
		ID: u.ID, Kind: u.Kind, ContentType: u.ContentType, Bytes: u.Bytes, Width: u.Width, Height: u.Height, Millis: u.Millis, Status: u.Status,
		URL: origin + u.Full.Path(), ExpiresAt: time.Unix(u.Full.Expires, 0).UTC(), CreatedAt: u.CreatedAt,
	}
	if u.Thumbnail != nil {
		out.Thumbnail = origin + u.Thumbnail.Path()
	}
	return out
}

func (a *API) createUpload(ctx context.Context, actor model.Actor, in *createUploadIn) (*body[uploadOut], error) {
	file, err := in.file()
	if err != nil {
		return nil, err
	}
	kept, err := a.Upload.Keep(ctx, actor, file)
	if err != nil {
		return nil, err
	}
	return &body[uploadOut]{Body: uploadFrom(a.Upload.Kept(kept), a.origin(in.Addressed))}, nil
}

type uploadPath struct {
	Addressed
	ID model.UploadID `path:"id"`
}

func (a *API) getUpload(ctx context.Context, actor model.Actor, in *uploadPath) (*body[uploadOut], error) {
	shown, err := a.Upload.Get(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[uploadOut]{Body: uploadFrom(shown, a.origin(in.Addressed))}, nil
}

type getUploadFileIn struct {
	ID        model.UploadID `path:"id"`
	Variant   string         `query:"variant" enum:"full,thumbnail" default:"full"`
	Expires   int64          `query:"expires" required:"true"`
	Signature string         `query:"signature" required:"true" maxLength:"128"`
}

// getUploadFile gives out what can neither run nor be taken for something else, to be kept by
// nobody but who asked. Players of recordings ask for ranges.
func (a *API) getUploadFile(ctx context.Context, _ model.Actor, in *getUploadFileIn) (*huma.StreamResponse, error) {
	file, err := a.Upload.Open(ctx, upload.Link{
		UploadID: in.ID, Variant: upload.Variant(in.Variant), Expires: in.Expires, Signature: in.Signature,
	})
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", file.ContentType)
		c.SetHeader("Content-Disposition", `attachment; filename="`+file.Name+`"`)
		c.SetHeader("Content-Security-Policy", "default-src 'none'; sandbox")
		c.SetHeader("Cache-Control", "private, max-age="+strconv.Itoa(int(file.For/time.Second)))
		g := humagin.Unwrap(c)
		http.ServeContent(g.Writer, g.Request, "", time.Time{}, bytes.NewReader(file.Data))
	}}, nil
}
