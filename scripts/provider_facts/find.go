package main

import (
	"go/ast"
	"regexp"
	"sort"
	"strings"
)

// A Resource is one resource of the provider; Kind is `sdk` (SDK version 2) or `framework`.
type Resource struct {
	Name    string   `json:"name"`
	Title   string   `json:"title"` // in words; empty where the source has none
	Service string   `json:"service"`
	Kind    string   `json:"kind"`
	SDKs    []string `json:"sdks"` // the AWS SDK's packages that the service's source imports, most used first
	Schema  any      `json:"schema"`
}

var annotation = regexp.MustCompile(`@(SDK|Framework)Resource\("(\w+)"(?:, name="([^"]+)")?`)

var resourceKinds = map[string]bool{"SchemaTypeResource": true, "SchemaTypeIAMResource": true}

// sdks counts which packages of the AWS SDK the files of a service import.
func (p *Package) sdks() []string {
	const prefix = "github.com/aws/aws-sdk-go-v2/service/"
	uses := map[string]int{}
	for _, file := range p.files() {
		for _, importPath := range file.imports {
			if name, ok := strings.CutPrefix(importPath, prefix); ok && !strings.Contains(name, "/") {
				uses[name]++
			}
		}
	}
	names := make([]string, 0, len(uses))
	for name := range uses {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool {
		if uses[names[i]] != uses[names[j]] {
			return uses[names[i]] > uses[names[j]]
		}
		return names[i] < names[j]
	})
	return names
}

// resources finds the resources of a package: by the annotations that terraform-provider-aws generates its registry
// from, or by the `registry.Schema{…}.Register()` of terraform-provider-google.
func (e *Evaluator) resources(p *Package) []*Resource {
	var found []*Resource
	for _, f := range p.funcs {
		if f.decl.Doc != nil {
			for _, comment := range f.decl.Doc.List {
				if m := annotation.FindStringSubmatch(comment.Text); m != nil {
					found = append(found, e.annotated(p, f, m[1], m[2], m[3]))
				}
			}
		}
	}
	for _, file := range p.files() {
		ast.Inspect(file.ast, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok || typeName(literal.Type) != "Schema" {
				return true
			}
			if selector, ok := literal.Type.(*ast.SelectorExpr); ok && typeName(selector.X) == "registry" {
				if r := e.registered(literal, file); r != nil {
					found = append(found, r)
				}
			}
			return true
		})
	}
	return found
}

func (p *Package) files() []*File {
	seen := map[*File]bool{}
	var files []*File
	for _, f := range p.allFuncs() {
		if !seen[f.file] {
			seen[f.file] = true
			files = append(files, f.file)
		}
	}
	return files
}

func (p *Package) allFuncs() []*Func {
	var all []*Func
	for _, f := range p.funcs {
		all = append(all, f)
	}
	for _, methods := range p.methods {
		for _, f := range methods {
			all = append(all, f)
		}
	}
	return append(all, p.inits...)
}

func (e *Evaluator) annotated(p *Package, f *Func, kind, name, title string) *Resource {
	if kind == "SDK" {
		v, _ := e.apply(&Closure{f.decl.Body, f.decl.Type.Params, &Scope{vars: Node{}, file: f.file}, ""}, nil)
		return &Resource{Name: name, Title: title, Kind: "sdk", Schema: e.sdkSchema(v)}
	}
	r := &Resource{Name: name, Title: title, Kind: "framework", Schema: Node{}}
	if method := p.method(constructed(f.decl.Body), "Schema"); method != nil {
		r.Schema = e.frameworkSchema(method)
	}
	return r
}

func (e *Evaluator) registered(literal *ast.CompositeLit, file *File) *Resource {
	fields := map[string]ast.Expr{}
	for _, elt := range literal.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			fields[typeName(kv.Key)] = kv.Value
		}
	}
	kind, ok := fields["Type"].(*ast.SelectorExpr)
	if !ok || !resourceKinds[kind.Sel.Name] || fields["Schema"] == nil {
		return nil
	}
	scope := &Scope{vars: Node{}, file: file}
	name, _ := e.eval(fields["Name"], scope, nil).(string)
	return &Resource{Name: name, Kind: "sdk", Schema: e.sdkSchema(e.eval(fields["Schema"], scope, nil))}
}

// sdkSchema calls every SchemaFunc, at any depth.
func (e *Evaluator) sdkSchema(v any) any {
	switch x := v.(type) {
	case Node:
		if f, ok := x["SchemaFunc"].(*Closure); ok {
			x["Schema"], _ = e.apply(f, nil)
			delete(x, "SchemaFunc")
		}
		for key, item := range x {
			x[key] = e.sdkSchema(item)
		}
	case []any:
		for i, item := range x {
			x[i] = e.sdkSchema(item)
		}
	}
	return v
}

// frameworkSchema runs `Schema(ctx, request, response)` and answers what it puts in response.Schema.
func (e *Evaluator) frameworkSchema(method *Func) any {
	response := Node{}
	closure := &Closure{method.decl.Body, method.decl.Type.Params, &Scope{vars: Node{}, file: method.file}, ""}
	e.apply(closure, []any{unknown("ctx"), unknown("request"), response})
	return response["Schema"]
}

// constructed names the struct that a constructor makes: the first `&T{…}` in it.
func constructed(body *ast.BlockStmt) string {
	name := ""
	ast.Inspect(body, func(n ast.Node) bool {
		if literal, ok := n.(*ast.CompositeLit); ok && name == "" {
			name = typeName(literal.Type)
		}
		return name == ""
	})
	return name
}
