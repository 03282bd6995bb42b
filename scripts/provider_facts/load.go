package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// A Module is Go source on disk, parsed a package at a time when first asked for.
type Module struct {
	root, path string
	packages   map[string]*Package
}

// A Package holds the top-level declarations of one folder.
type Package struct {
	path    string
	funcs   map[string]*Func
	methods map[string]map[string]*Func // receiver type, then method
	embeds  map[string][]string         // struct type, then the types it embeds
	values  map[string]*Value           // constants and variables
	inits   []*Func
}

// A Func keeps the file it is in, as imports are a file's own.
type Func struct {
	decl *ast.FuncDecl
	file *File
}

// A Value is a package's constant or variable; iota is the place in its const block.
type Value struct {
	expr ast.Expr
	typ  ast.Expr
	file *File
	iota int
	busy bool
}

// A File maps the names of its imports to their paths.
type File struct {
	imports map[string]string
	pkg     *Package
	ast     *ast.File
}

func NewModule(root, modulePath string) *Module {
	return &Module{root: root, path: modulePath, packages: map[string]*Package{}}
}

// Package parses the folder of an import path; nil when the path is not in this module.
func (m *Module) Package(importPath string) *Package {
	if p, ok := m.packages[importPath]; ok {
		return p
	}
	rest, ok := strings.CutPrefix(importPath, m.path)
	if !ok {
		m.packages[importPath] = nil
		return nil
	}
	p := m.parse(importPath, filepath.Join(m.root, filepath.FromSlash(rest)))
	m.packages[importPath] = p
	return p
}

func (m *Module) parse(importPath, folder string) *Package {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	p := &Package{importPath, map[string]*Func{}, map[string]map[string]*Func{}, map[string][]string{}, map[string]*Value{}, nil}
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err == nil {
			p.add(parsed)
		}
	}
	return p
}

func (p *Package) add(parsed *ast.File) {
	file := &File{imports: map[string]string{}, pkg: p, ast: parsed}
	for _, spec := range parsed.Imports {
		importPath, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(importPath)
		if len(name) > 1 && name[0] == 'v' && strings.Trim(name[1:], "0123456789") == "" {
			name = path.Base(path.Dir(importPath))
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		file.imports[name] = importPath
	}
	for _, decl := range parsed.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			p.addFunc(&Func{d, file})
		case *ast.GenDecl:
			p.addSpecs(d, file)
		}
	}
}

func (p *Package) addFunc(f *Func) {
	if f.decl.Recv == nil && f.decl.Name.Name == "init" {
		p.inits = append(p.inits, f)
		return
	}
	if f.decl.Recv == nil {
		p.funcs[f.decl.Name.Name] = f
		return
	}
	receiver := typeName(f.decl.Recv.List[0].Type)
	if p.methods[receiver] == nil {
		p.methods[receiver] = map[string]*Func{}
	}
	p.methods[receiver][f.decl.Name.Name] = f
}

func (p *Package) addSpecs(d *ast.GenDecl, file *File) {
	var previous []ast.Expr
	for i, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if structure, ok := s.Type.(*ast.StructType); ok {
				for _, field := range structure.Fields.List {
					if len(field.Names) == 0 {
						p.embeds[s.Name.Name] = append(p.embeds[s.Name.Name], typeName(field.Type))
					}
				}
			}
		case *ast.ValueSpec:
			values := s.Values
			if d.Tok == token.CONST && len(values) == 0 {
				values = previous
			}
			previous = values
			for j, name := range s.Names {
				if j < len(values) {
					p.values[name.Name] = &Value{expr: values[j], typ: s.Type, file: file, iota: i}
				}
			}
		}
	}
}

// method finds a method of a type, or of what the type embeds.
func (p *Package) method(receiver, name string) *Func {
	if f := p.methods[receiver][name]; f != nil {
		return f
	}
	for _, embedded := range p.embeds[receiver] {
		if f := p.method(embedded, name); f != nil {
			return f
		}
	}
	return nil
}

func typeName(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.IndexExpr:
		return typeName(e.X)
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}
