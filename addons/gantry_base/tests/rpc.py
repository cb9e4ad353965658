import json
import xmlrpc.client
from datetime import datetime, timedelta

from odoo.tests.common import BaseCase


class RpcMixin(BaseCase):
    """Calls a model as other programs do. Mix it into an ``HttpCase``, name the model in ``rpc_model`` and say who
    calls with ``use_rpc``; the first of them calls when nobody is named."""

    rpc_model = ""

    def use_rpc(self, *users):
        """Give each user a key, which is a password as well."""
        until = datetime.now() + timedelta(days=1)
        self.rpc_keys = {
            user: self.env(user=user)["res.users.apikeys"].sudo()._generate("rpc", "test", until) for user in users}
        self.rpc_caller = users[0]

    def json2(self, method, user=None, model=None, **arguments):
        """Status and answer of a call with a key."""
        response = self.url_open(
            f"/json/2/{model or self.rpc_model}/{method}", data=json.dumps(arguments),
            headers={"Authorization": f"bearer {self.rpc_keys[user or self.rpc_caller]}",
                     "Content-Type": "application/json"},
        )
        return response.status_code, response.json()

    def jsonrpc(self, method, user=None, **arguments):
        """Result, or the error as the server words it."""
        payload = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": {
            "service": "object", "method": "execute_kw", "args": self._rpc_args(method, user, arguments)}}
        answer = self.url_open(
            "/jsonrpc", data=json.dumps(payload), headers={"Content-Type": "application/json"}).json()
        return answer["result"] if "result" in answer else answer["error"]

    def xmlrpc(self, method, user=None, **arguments):
        """Result, or `xmlrpc.client.Fault`."""
        body = xmlrpc.client.dumps(tuple(self._rpc_args(method, user, arguments)), "execute_kw")
        response = self.url_open("/xmlrpc/2/object", data=body, headers={"Content-Type": "text/xml"})
        return xmlrpc.client.loads(response.content)[0][0]

    def rpc_ways(self):
        """The three protocols, called alike: name -> function."""
        return {
            "json2": lambda name, **arguments: self.json2(name, **arguments)[1], "jsonrpc": self.jsonrpc,
            "xmlrpc": self.xmlrpc,
        }

    def _rpc_args(self, method, user, arguments):
        user = user or self.rpc_caller
        return [self.env.cr.dbname, user.id, self.rpc_keys[user], self.rpc_model, method, [], arguments]
