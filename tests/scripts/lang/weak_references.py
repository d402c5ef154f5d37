# Weak references and finalizers at the level of the language: _weakref, __del__, close of generators.
import _weakref
ref=_weakref.ref; proxy=_weakref.proxy
class C: pass
c=C(); r=ref(c)
print(r() is c, ref(c) is r, _weakref.getweakrefcount(c))
log=[]
r2=ref(c, lambda w: log.append(w is r2))
r3=ref(c, lambda w: log.append('r3'))
print(_weakref.getweakrefcount(c), len(_weakref.getweakrefs(c)))
del c
print(r(), log, r2.__callback__)
class D:
    n=0
    def __del__(self):
        D.n+=1
        global keep
        keep=self
keep=None
D(); print(D.n, keep is not None)
r=ref(keep)
keep=None
print(D.n, r())
class S:
    __slots__=('a',)
    def __del__(self):
        D.n+=10
        global keep
        keep=self
s=S()
try: ref(s)
except TypeError as e: print(e)
s=None
print(D.n); keep=None; print(D.n)
class W:
    __slots__=('a','__weakref__')
w=W(); print(ref(w)() is w)
for x in [1,"a",(1,),[1],{},None,3.5,b'x',slice(1),range(3)]:
    try: ref(x); print('no', type(x))
    except TypeError as e: print(e)
def f(): pass
def g(): yield 1
gg=g()
s={1}; fs=frozenset([1])
import _weakref as mod
for x in [f,C,gg,s,fs,mod,len,int]:
    print(type(x).__name__, ref(x)() is x)
class L(list): pass
class I(int): pass
class T(tuple): pass
class ST(str): pass
class DD(dict): pass
class FL(float): pass
class E(Exception): pass
for k in (L,I,T,ST,DD,FL,E):
    x=k()
    try: print(k.__name__, ref(x)() is x)
    except TypeError as e: print(e)
class P:
    def __init__(self): self.x=1
    def __add__(self,o): return 'add'
    def __radd__(self,o): return 'radd'
    def __len__(self): return 7
    def __getitem__(self,i): return i*2
    def __eq__(self,o): return True
p=P(); q=proxy(p)
print(q.x,q+1,1+q,len(q),q[4],q==3,bool(q),str(type(q)))
q.x=5; print(p.x)
del p
try: q.x
except ReferenceError as e: print(e)
def gen():
    try: yield 1
    finally: print('closed')
z=gen(); next(z); rz=ref(z, lambda w: print('cb')); del z
